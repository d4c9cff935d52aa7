{#- Every raw table of the contract with the base model that judges it. -#}
{% macro base_models() -%}
    {{ return([
        ('crm_contacts', 'base_crm__contacts'),
        ('shop_customers', 'base_shop__customers'),
        ('shop_products', 'base_shop__products'),
        ('shop_orders', 'base_shop__orders'),
        ('shop_order_lines', 'base_shop__order_lines'),
        ('shop_refunds', 'base_shop__refunds'),
        ('shop_reviews', 'base_shop__reviews'),
        ('stated_preferences', 'base_consent__stated_preferences'),
        ('web_events', 'base_web__events'),
        ('esp_subscribers', 'base_esp__subscribers'),
        ('esp_messages', 'base_esp__messages'),
        ('esp_sends', 'base_esp__sends'),
        ('esp_events', 'base_esp__events'),
        ('channel_events', 'base_channels__events'),
        ('ad_spend', 'base_channels__ad_spend'),
        ('consent_events', 'base_consent__events'),
        ('privacy_requests', 'base_consent__privacy_requests'),
        ('experiments', 'base_experiments__experiments'),
        ('experiment_exposures', 'base_experiments__exposures'),
    ]) }}
{%- endmacro %}
