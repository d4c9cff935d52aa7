{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_order_lines, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('shop_order_lines', source('raw', 'shop_order_lines')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('shop_order_lines', source('raw', 'shop_order_lines')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('shop_order_lines') }} as own_reason
    from typed
)

{{ latest_delivery('shop_order_lines', from='judged', follows=ref('base_shop__orders')) }}
