-- Grain: one row, the moment that all marts are built as of.
{% set state = adapter.get_relation(target.database, 'state', 'int_loads') -%}
with

median_day as (
    select percentile_cont(0.5) within group (order by event_count) as event_count
    from {{ ref('int_event_days') }}
),

last_full_day as (
    select max(days.event_date) as event_date
    from {{ ref('int_event_days') }} as days
    cross join median_day
    where days.event_count >= 0.01 * median_day.event_count
),

other_times as (
    select max(created_at) as latest_at from {{ ref('stg_crm__contacts') }}
    union all
    select max(created_at) as latest_at from {{ ref('stg_shop__customers') }}
    union all
    select max(created_at) as latest_at from {{ ref('stg_shop__products') }}
    union all
    select max(refunded_at) as latest_at from {{ ref('stg_shop__refunds') }}
    union all
    select max(reviewed_at) as latest_at from {{ ref('stg_shop__reviews') }}
    union all
    select max(stated_at) as latest_at from {{ ref('stg_consent__stated_preferences') }}
    union all
    select max(subscribed_at) as latest_at from {{ ref('stg_esp__subscribers') }}
    union all
    select max(occurred_at) as latest_at from {{ ref('stg_channels__events') }}
    union all
    select max(cast(spend_date as timestamp)) as latest_at from {{ ref('stg_channels__ad_spend') }}
    union all
    select max(occurred_at) as latest_at from {{ ref('stg_consent__events') }}
    union all
    select max(requested_at) as latest_at from {{ ref('stg_consent__privacy_requests') }}
    union all
    select max(started_at) as latest_at from {{ ref('stg_experiments__experiments') }}
    union all
    select max(exposed_at) as latest_at from {{ ref('stg_experiments__exposures') }}
),

moment as (
    select
        {% if var('as_of') is not none -%}
        {{ utc_timestamp("'" ~ var('as_of') ~ "'") }} as as_of
        {%- else -%}
        coalesce(
            (select cast(event_date + interval '1 day' as timestamp) from last_full_day),
            (select cast(cast(max(latest_at) as date) + interval '1 day' as timestamp) from other_times),
            cast('1990-01-01' as timestamp)
        ) as as_of
        {%- endif %}
)

select moment.as_of
from moment
{% if state is not none -%}
cross join (select max(as_of) as as_of from {{ state }}) as newest
where {{ fail_when(
    'moment.as_of < newest.as_of',
    "'as_of ' || moment.as_of || ' is before ' || newest.as_of || ', the newest build of this warehouse. "
    ~ "Replay it with make build AS_OF=... MARTS_PATH=..., or give it a WAREHOUSE_PATH of its own.'"
) }}
{%- endif %}
