{% set gap = "interval '" ~ var('no_visit_minutes') ~ " minutes'" -%}

-- Grain: one row per click on a mail that no visit by the same mail goes with, on a day on which
-- the shop saw visits by mail at all.
with

visits as (
    select
        send_id,
        occurred_at
    from {{ ref('stg_web__events') }}
    where
        event_name = 'email_link_opened'
        and send_id is not null
        and occurred_at < {{ as_of() }}
),

visit_days as (
    select distinct cast(occurred_at as date) as visit_date
    from visits
)

select clicks.event_id
from {{ ref('stg_esp__events') }} as clicks
inner join visit_days
    on cast(clicks.occurred_at as date) = visit_days.visit_date
left join visits
    on
        clicks.send_id = visits.send_id
        -- Either way: the clocks are two.
        and clicks.occurred_at < visits.occurred_at + {{ gap }}
        and clicks.occurred_at > visits.occurred_at - {{ gap }}
where
    clicks.event_type = 'click'
    and visits.send_id is null
    -- The visit of a later click may be yet to come.
    and clicks.occurred_at < {{ as_of() }} - {{ gap }}
