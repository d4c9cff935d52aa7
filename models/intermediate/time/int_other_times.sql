-- Grain: one row per raw table that makes no full days, with its latest time.
{% for table_name, model, column in [
    ('crm_contacts', 'stg_crm__contacts', 'created_at'),
    ('shop_customers', 'stg_shop__customers', 'created_at'),
    ('shop_products', 'stg_shop__products', 'created_at'),
    ('shop_refunds', 'stg_shop__refunds', 'refunded_at'),
    ('shop_reviews', 'stg_shop__reviews', 'reviewed_at'),
    ('stated_preferences', 'stg_consent__stated_preferences', 'stated_at'),
    ('esp_subscribers', 'stg_esp__subscribers', 'subscribed_at'),
    ('channel_events', 'stg_channels__events', 'occurred_at'),
    ('ad_spend', 'stg_channels__ad_spend', 'spend_date'),
    ('consent_events', 'stg_consent__events', 'occurred_at'),
    ('privacy_requests', 'stg_consent__privacy_requests', 'requested_at'),
    ('experiments', 'stg_experiments__experiments', 'started_at'),
    ('experiment_exposures', 'stg_experiments__exposures', 'exposed_at'),
] -%}
select
    '{{ table_name }}' as table_name,
    cast(max({{ column }}) as timestamp) as latest_at
from {{ ref(model) }}
{{ 'union all' if not loop.last }}
{% endfor %}
