-- Grain: one row per part of a visit whose campaign changed, by the campaign in force.
with

visits as (
    select * from {{ ref('int_visits') }}
    where first_campaign_id != last_campaign_id or campaign_at > started_at
),

-- Events of one instant and campaign are alike. Of one instant those with a campaign come first: a
-- tracker's bookkeeping beside a landing page is no visit of its own.
instants as (
    select
        events.anonymous_id,
        visits.started_at as visit_started_at,
        events.occurred_at,
        events.utm_campaign as campaign_id,
        case when events.utm_campaign is null then 1 else 0 end as is_without,
        min(events.user_id) as first_user_id,
        max(events.user_id) as last_user_id,
        count(*) as event_count,
        sum(case when events.event_name = 'product_viewed' then 1 else 0 end) as product_view_count
    from {{ ref('stg_web__events') }} as events
    inner join visits
        on
            events.anonymous_id = visits.anonymous_id
            and events.occurred_at >= visits.started_at
            and events.occurred_at <= visits.ended_at
    group by 1, 2, 3, 4, 5
),

-- An event without a campaign leaves the one in force.
changing as (
    select
        *,
        case
            when
                campaign_id != coalesce(lag(campaign_id) over (
                    partition by anonymous_id, visit_started_at, is_without
                    order by occurred_at, campaign_id
                ), '')
                then 1
            else 0
        end as changes
    from instants
),

numbered as (
    select
        *,
        sum(changes) over (
            partition by anonymous_id, visit_started_at
            order by occurred_at, is_without, campaign_id
            rows between unbounded preceding and current row
        ) as part_number
    from changing
)

select
    anonymous_id,
    visit_started_at,
    cast(part_number as integer) as part_number,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    min(first_user_id) as first_user_id,
    max(last_user_id) as last_user_id,
    max(campaign_id) as campaign_id,
    cast(sum(event_count) as integer) as event_count,
    cast(sum(product_view_count) as integer) as product_view_count
from numbered
group by 1, 2, 3
