-- Grain: one row, the currency that money is reported in.
with

by_currency as (
    select
        currency,
        count(*) as order_count
    from {{ ref('stg_shop__orders') }}
    where ordered_at < {{ as_of() }}
    group by currency
),

most_frequent as (
    select currency
    from by_currency
    order by order_count desc, currency asc
    limit 1
)

select
    coalesce(
        {% if var('reporting_currency') is not none -%}
        '{{ var("reporting_currency") }}',
        {%- endif %}
        (select currency from most_frequent),
        'USD'
    ) as currency
