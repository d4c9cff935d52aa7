-- Grain: one row per touch on another channel, fit for use.
select
    event_id,
    anonymous_id,
    user_id,
    campaign_id,
    channel,
    event_type,
    email,
    phone,
    campaign_name,
    occurred_at,
    _loaded_at
from {{ ref('base_channels__events') }}
where rejection_reason is null
