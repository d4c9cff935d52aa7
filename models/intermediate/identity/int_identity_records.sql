{{ config(schema='pii') }}

-- Grain: one row per source table and distinct combination of identifiers its rows before as_of carry.
-- Restricted: addresses and numbers stand here as they arrived.
with

sightings as (
    select
        'crm_contacts' as table_name, contact_id, null as shop_customer_id, null as subscriber_id,
        email, phone, null as anonymous_id, first_name, last_name, country, created_at as seen_at
    from {{ ref('stg_crm__contacts') }}
    union all
    select
        'shop_customers', contact_id, shop_customer_id, null,
        email, phone, null, first_name, last_name, country, created_at
    from {{ ref('stg_shop__customers') }}
    union all
    select
        'esp_subscribers', contact_id, shop_customer_id, subscriber_id,
        email, null, null, null, null, null, subscribed_at
    from {{ ref('stg_esp__subscribers') }}
    union all
    select
        'shop_orders', null, shop_customer_id, null,
        email, phone, anonymous_id, null, null, null, ordered_at
    from {{ ref('stg_shop__orders') }}
    where not coalesce(is_test, false)
    union all
    select
        'shop_reviews', null, shop_customer_id, null,
        email, null, null, null, null, null, reviewed_at
    from {{ ref('stg_shop__reviews') }}
    union all
    select
        'web_events', null, user_id, null,
        email, null, anonymous_id, null, null, country, occurred_at
    from {{ ref('stg_web__events') }}
    union all
    select
        'channel_events', null, user_id, null,
        email, phone, anonymous_id, null, null, null, occurred_at
    from {{ ref('stg_channels__events') }}
)

select
    table_name,
    contact_id,
    shop_customer_id,
    subscriber_id,
    email,
    phone,
    case when length(country) = 2 then upper(country) end as region,
    anonymous_id,
    lower(first_name) as first_name,
    lower(last_name) as last_name,
    min(seen_at) as first_seen_at,
    max(seen_at) as last_seen_at
from sightings
where
    seen_at < {{ as_of() }}
    and coalesce(contact_id, shop_customer_id, subscriber_id, email, phone, anonymous_id) is not null
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
