-- Grain: one row per tracker event of web or app, fit for use.
select
    event_id,
    anonymous_id,
    user_id,
    product_id,
    order_id,
    send_id,
    event_name,
    email,
    platform,
    page_url,
    referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_content,
    click_id,
    category,
    search_query,
    device_type,
    country,
    engaged_seconds,
    occurred_at,
    received_at,
    _loaded_at
from {{ ref('base_web__events') }}
where rejection_reason is null
