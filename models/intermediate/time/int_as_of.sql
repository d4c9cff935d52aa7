{% set full_day_share = 0.01 -%}

-- Grain: one row, the moment that all marts are built as of.
with

median_day as (
    select percentile_cont(0.5) within group (order by event_count) as event_count
    from {{ ref('int_event_days') }}
),

last_full_day as (
    select max(days.event_date) as event_date
    from {{ ref('int_event_days') }} as days
    cross join median_day
    where days.event_count >= {{ full_day_share }} * median_day.event_count
),

last_other_day as (
    select cast(max(latest_at) as date) as event_date
    from {{ ref('int_other_times') }}
),

moment as (
    {% if var('as_of') is not none -%}
    select {{ utc_timestamp("'" ~ var('as_of') ~ "'") }} as as_of
    {%- else -%}
    select
        coalesce(
            cast(last_full_day.event_date + interval '1 day' as timestamp),
            cast(last_other_day.event_date + interval '1 day' as timestamp),
            cast('1990-01-01' as timestamp)
        ) as as_of
    from last_full_day
    cross join last_other_day
    {%- endif %}
)

select moment.as_of
from moment
cross join {{ ref('int_newest_build') }} as newest
where {{ fail_when(
    'moment.as_of < newest.as_of',
    "'as_of ' || moment.as_of || ' is before ' || newest.as_of || ', the newest build of this warehouse. "
    ~ "Replay it with make build AS_OF=... MARTS_PATH=..., or give it a WAREHOUSE_PATH of its own.'"
) }}
