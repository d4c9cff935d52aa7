{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_orders, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('shop_orders', source('raw', 'shop_orders')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('shop_orders', source('raw', 'shop_orders')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('shop_orders') }} as own_reason
    from typed
)

{{ latest_delivery('shop_orders', from='judged') }}
