{{ config(schema='pii') }}

-- Grain: one row per source table and distinct combination of identifiers its rows before as_of
-- carry. Restricted: addresses and numbers stand here as they arrived.
-- A test order, or what was sent to a person, is no sign of the person and is seen never.
{% set columns = [
    'contact_id', 'shop_customer_id', 'subscriber_id', 'email', 'phone', 'anonymous_id',
    'first_name', 'last_name', 'country',
] -%}
{% set sources = [
    ('crm_contacts', 'stg_crm__contacts', 'created_at', {
        'contact_id': 'contact_id', 'email': 'email', 'phone': 'phone',
        'first_name': 'first_name', 'last_name': 'last_name', 'country': 'country',
    }),
    ('shop_customers', 'stg_shop__customers', 'created_at', {
        'contact_id': 'contact_id', 'shop_customer_id': 'shop_customer_id', 'email': 'email',
        'phone': 'phone', 'first_name': 'first_name', 'last_name': 'last_name',
        'country': 'country',
    }),
    ('esp_subscribers', 'stg_esp__subscribers', 'subscribed_at', {
        'contact_id': 'contact_id', 'shop_customer_id': 'shop_customer_id',
        'subscriber_id': 'subscriber_id', 'email': 'email',
    }),
    ('shop_orders', 'stg_shop__orders', 'case when not coalesce(is_test, false) then ordered_at end', {
        'shop_customer_id': 'shop_customer_id', 'email': 'email', 'phone': 'phone',
        'anonymous_id': 'anonymous_id',
    }),
    ('shop_reviews', 'stg_shop__reviews', 'reviewed_at', {
        'shop_customer_id': 'shop_customer_id', 'email': 'email',
    }),
    ('web_events', 'stg_web__events', 'occurred_at', {
        'shop_customer_id': 'user_id', 'email': 'email', 'anonymous_id': 'anonymous_id',
    }),
    ('channel_events', 'stg_channels__events', "case event_type when 'click' then occurred_at end", {
        'shop_customer_id': 'user_id', 'email': 'email', 'phone': 'phone',
        'anonymous_id': 'anonymous_id',
    }),
] -%}
with

sightings as (
    {% for table_name, model, seen_at, carried in sources -%}
    select
        '{{ table_name }}' as table_name,
        {% for column in columns -%}
        {{ carried.get(column, 'cast(null as varchar)') }} as {{ column }},
        {% endfor -%}
        {{ seen_at }} as seen_at
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    table_name,
    contact_id,
    shop_customer_id,
    subscriber_id,
    email,
    phone,
    country as region,
    anonymous_id,
    {{ plain_name('first_name') }} as first_name,
    {{ plain_name('last_name') }} as last_name,
    min(seen_at) as first_seen_at,
    max(seen_at) as last_seen_at
from sightings
where
    seen_at < {{ as_of() }}
    and coalesce(
        contact_id, shop_customer_id, subscriber_id, email, phone, anonymous_id
    ) is not null
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
