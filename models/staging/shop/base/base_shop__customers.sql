{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_customers, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('shop_customers', source('raw', 'shop_customers')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('shop_customers', source('raw', 'shop_customers')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('shop_customers') }} as own_reason
    from typed
)

{{ latest_delivery('shop_customers', from='judged') }}
