-- Grain: one row per day before as_of, channel and campaign with spend, with the rate into the
-- reporting currency.
select
    spends.spend_date,
    spends.channel,
    spends.campaign_id,
    spends.currency,
    spends.spend,
    rates.rate
from {{ ref('stg_channels__ad_spend') }} as spends
left join {{ ref('int_exchange_rates') }} as rates
    on
        spends.currency = rates.currency
        and spends.spend_date >= rates.valid_from
        and spends.spend_date < rates.valid_to
where spends.spend_date < {{ as_of() }}
