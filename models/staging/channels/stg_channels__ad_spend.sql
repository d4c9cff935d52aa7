-- Grain: one row per day, channel and campaign, fit for use.
select
    campaign_id,
    channel,
    campaign_name,
    currency,
    spend,
    impressions,
    clicks,
    spend_date,
    _loaded_at
from {{ ref('base_channels__ad_spend') }}
where rejection_reason is null
