{% set pause = "interval '" ~ var('session_idle_minutes') ~ " minutes'" -%}

-- Grain: one row per device and stretch of events before as_of without a longer pause.
with

-- Events of one slot, shorter than the pause that ends a visit, belong together: hashing them into
-- slots first leaves little to sort.
slots as (
    select
        anonymous_id,
        {{ time_slot('occurred_at', var('session_idle_minutes')) }} as slot,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(user_id) as first_user_id,
        max(user_id) as last_user_id,
        min(utm_campaign) as first_campaign_id,
        max(utm_campaign) as last_campaign_id,
        min(case when utm_campaign is not null then occurred_at end) as campaign_at,
        count(*) as event_count,
        sum(case when event_name = 'product_viewed' then 1 else 0 end) as product_view_count
    from {{ ref('stg_web__events') }}
    where occurred_at < {{ as_of() }}
    group by 1, 2
),

paused as (
    select
        *,
        coalesce(
            started_at
            > lag(ended_at) over (partition by anonymous_id order by slot) + {{ pause }},
            true
        ) as begins,
        coalesce(
            lead(started_at) over (partition by anonymous_id order by slot)
            > ended_at + {{ pause }},
            true
        ) as ends
    from slots
),

-- Few visits reach over a slot's end.
longer as (
    select
        *,
        max(case when begins then started_at end) over (
            partition by anonymous_id order by slot
            rows between unbounded preceding and current row
        ) as visit_started_at
    from paused
    where not (begins and ends)
)

select
    anonymous_id,
    started_at,
    ended_at,
    first_user_id,
    last_user_id,
    first_campaign_id,
    last_campaign_id,
    campaign_at,
    cast(event_count as integer) as event_count,
    cast(product_view_count as integer) as product_view_count
from paused
where begins and ends
union all
select
    anonymous_id,
    visit_started_at,
    max(ended_at),
    min(first_user_id),
    max(last_user_id),
    min(first_campaign_id),
    max(last_campaign_id),
    min(campaign_at),
    cast(sum(event_count) as integer),
    cast(sum(product_view_count) as integer)
from longer
group by 1, 2
