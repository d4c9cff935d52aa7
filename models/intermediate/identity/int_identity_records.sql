{{ config(schema='pii') }}

-- Grain: one row per source table and distinct combination of identifiers its rows before as_of
-- carry. Restricted: addresses and numbers stand here as they arrived.
-- A test order, or what was sent to a person, is no sign of the person and is seen never.
{% set ids = [
    'contact_id', 'shop_customer_id', 'subscriber_id', 'email', 'phone', 'anonymous_id',
] -%}
{% set names = {
    'first_name': plain_name('first_name'), 'last_name': plain_name('last_name'),
} -%}
{% set sources = [
    ('crm_contacts', 'stg_crm__contacts', 'created_at', dict(
        contact_id='contact_id', email='email', phone='phone', region='country', **names
    )),
    ('shop_customers', 'stg_shop__customers', 'created_at', dict(
        contact_id='contact_id', shop_customer_id='shop_customer_id', email='email',
        phone='phone', region='country', **names
    )),
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
-- Each source is grouped by what it carries alone: its rows are the many.
{% for table_name, model, seen_at, carried in sources -%}
select
    '{{ table_name }}' as table_name,
    {% for column in [
        'contact_id', 'shop_customer_id', 'subscriber_id', 'email', 'phone', 'region',
        'anonymous_id', 'first_name', 'last_name',
    ] -%}
    {{ carried.get(column, 'cast(null as varchar)') }} as {{ column }},
    {% endfor -%}
    min({{ seen_at }}) as first_seen_at,
    max({{ seen_at }}) as last_seen_at
from {{ ref(model) }}
where
    {{ seen_at }} < {{ as_of() }}
    and coalesce(
        {%- for column in ids if column in carried -%}
        {{ carried[column] }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    ) is not null
group by {{ carried.values() | join(', ') }}
{{ 'union all' if not loop.last }}
{% endfor %}
