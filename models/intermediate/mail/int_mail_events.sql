{% set visit_gap = "interval '" ~ var('no_visit_minutes') ~ " minutes'" -%}
{% set link_gap = "interval '" ~ var('links_at_once_seconds') ~ " seconds'" -%}

-- Grain: one row per event before as_of of a send before as_of. An open or click of a machine
-- carries the rule that says so, and stays.
with

events as (
    select * from {{ ref('int_mail_callers') }}
),

clicks as (
    select
        event_id,
        send_id,
        url,
        occurred_at
    from {{ ref('int_mail_callers') }}
    where event_type = 'click'
),

per_send as (
    select
        send_id,
        min(case when event_type = 'delivered' then occurred_at end) as delivered_at,
        min(case when caller_kind = 'prefetch' then occurred_at end) as first_prefetch_at
    from {{ ref('int_mail_callers') }}
    where event_type = 'delivered' or (event_type = 'open' and caller_kind = 'prefetch')
    group by 1
),

-- Nobody follows two links of a mail in the same breath.
at_once as (
    select distinct clicks.event_id
    from clicks
    inner join clicks as others
        on
            clicks.send_id = others.send_id
            and clicks.url != others.url
            and clicks.occurred_at < others.occurred_at + {{ link_gap }}
            and clicks.occurred_at > others.occurred_at - {{ link_gap }}
),

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

-- A click without a visit says something on days alone on which the shop saw visits by mail, and
-- before as_of by as much as a visit may take.
visit_days as (
    select distinct cast(occurred_at as date) as visit_date
    from visits
),

without_visit as (
    select clicks.event_id
    from clicks
    inner join visit_days
        on cast(clicks.occurred_at as date) = visit_days.visit_date
    left join visits
        on
            clicks.send_id = visits.send_id
            and clicks.occurred_at < visits.occurred_at + {{ visit_gap }}
            and clicks.occurred_at > visits.occurred_at - {{ visit_gap }}
    where
        visits.send_id is null
        and clicks.occurred_at < {{ as_of() }} - {{ visit_gap }}
),

ruled as (
    select
        events.*,
        case
            when events.event_type not in ('open', 'click') then null
            when events.is_machine_by_source then 'source'
            when events.caller_kind = 'machine' then events.caller_known_by
            -- The platform's no outweighs what is only inferred.
            when not events.is_machine_by_source then null
            when events.event_type = 'open' and events.occurred_at = per_send.first_prefetch_at
                then 'prefetch'
            when
                events.event_type = 'open'
                and {{ soon_after_arrival(var('instant_open_seconds') ~ ' seconds') }}
                then 'instant_open'
            when at_once.event_id is not null then 'links_at_once'
            -- Late, it is rather a person who refuses to be tracked.
            when
                without_visit.event_id is not null
                and {{ soon_after_arrival(var('no_visit_minutes') ~ ' minutes') }}
                then 'no_visit'
        end as machine_rule
    from events
    left join per_send
        on events.send_id = per_send.send_id
    left join at_once
        on events.event_id = at_once.event_id
    left join without_visit
        on events.event_id = without_visit.event_id
)

select
    event_id,
    send_id,
    identifier_key,
    product_id,
    event_type,
    url,
    machine_rule is not null as is_machine,
    machine_rule,
    sent_at,
    occurred_at
from ruled
