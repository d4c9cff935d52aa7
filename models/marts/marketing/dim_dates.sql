-- Grain: one row per day from the first with an event to the last before as_of.
with

firsts as (
    {% for model, column in [
        ('stg_shop__orders', 'ordered_at'),
        ('stg_web__events', 'occurred_at'),
        ('stg_esp__sends', 'sent_at'),
        ('stg_esp__events', 'occurred_at'),
        ('stg_channels__events', 'occurred_at'),
        ('stg_channels__ad_spend', 'spend_date'),
    ] -%}
    select min({{ column }}) as happened_at
    from {{ ref(model) }}
    where {{ column }} < {{ as_of() }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

ends as (
    select
        cast(min(happened_at) as date) as first_day,
        cast({{ as_of() }} - interval '1 microsecond' as date) as last_day
    from firsts
),

days as (
    select {{ days_from('first_day', 'last_day') }} as date_day
    from ends
),

counted as (
    select
        date_day,
        -- 1970-01-05 was a Monday.
        cast(1 + mod(
            {{ dbt.datediff("cast('1970-01-05' as date)", 'date_day', 'day') }}, 7
        ) as integer) as day_of_week,
        cast(date_trunc('month', date_day) as date) as month_start,
        cast(date_trunc('quarter', date_day) as date) as quarter_start,
        cast(date_trunc('year', date_day) as date) as year_start
    from days
)

select
    date_day,
    day_of_week,
    day_of_week >= 6 as is_weekend,
    cast(date_day - interval '1 day' * (day_of_week - 1) as date) as week_start,
    month_start,
    cast(month_start + interval '1 month' - interval '1 day' as date) as month_end,
    date_day = cast(month_start + interval '1 month' - interval '1 day' as date) as is_month_end,
    quarter_start,
    year_start
from counted
