-- Grain: one row per subscriber of the e-mail platform, fit for use.
select
    subscriber_id,
    contact_id,
    shop_customer_id,
    email,
    status,
    language,
    timezone,
    subscribed_at,
    updated_at,
    _loaded_at
from {{ ref('base_esp__subscribers') }}
where rejection_reason is null
