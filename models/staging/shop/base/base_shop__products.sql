{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_products, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('shop_products', source('raw', 'shop_products')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('shop_products', source('raw', 'shop_products')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('shop_products') }} as own_reason
    from typed
)

{{ latest_delivery('shop_products', from='judged') }}
