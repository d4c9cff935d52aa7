-- Grain: one row per currency and day from which a rate into the reporting currency holds, until
-- valid_to.
with

rates as (
    select * from {{ ref('exchange_rates') }}
),

reporting as (
    select * from {{ ref('int_reporting_currency') }}
),

days as (
    select distinct valid_from from rates
),

currencies as (
    select distinct currency from rates
),

daily_rates as (
    select
        currencies.currency,
        days.valid_from,
        rates.rate
    from currencies
    cross join days
    inner join rates
        on
            currencies.currency = rates.currency
            and days.valid_from >= rates.valid_from
    qualify row_number() over (
        partition by currencies.currency, days.valid_from
        order by rates.valid_from desc
    ) = 1
),

converted as (
    select
        source_rates.currency,
        cast(source_rates.valid_from as timestamp) as valid_from,
        cast(source_rates.rate / target_rates.rate as decimal(18, 8)) as rate
    from daily_rates as source_rates
    inner join reporting
        on source_rates.currency != reporting.currency
    inner join daily_rates as target_rates
        on
            reporting.currency = target_rates.currency
            and source_rates.valid_from = target_rates.valid_from
    union all
    select
        currency,
        cast('1900-01-01' as timestamp) as valid_from,
        cast(1 as decimal(18, 8)) as rate
    from reporting
)

select
    currency,
    valid_from,
    lead(valid_from, 1, cast('9999-01-01' as timestamp)) over (
        partition by currency order by valid_from
    ) as valid_to,
    rate
from converted
