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
),

convertible as (
    select currency from by_currency
    union
    select currency from {{ ref('exchange_rates') }}
),

reporting as (
    select
        coalesce(
            {% if var('reporting_currency') is not none -%}
            '{{ var("reporting_currency") | upper }}',
            {%- endif %}
            (select currency from most_frequent),
            'USD'
        ) as currency
)

select reporting.currency
from reporting
left join convertible
    on reporting.currency = convertible.currency
where {{ fail_when(
    'convertible.currency is null',
    "'The reporting currency ' || reporting.currency || ' is in no order and has no rate in the seed "
    ~ "exchange_rates. Correct the var reporting_currency, or add its rates.'"
) }}
