{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_order_lines, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('shop_order_lines') }}
    from {{ source('raw', 'shop_order_lines') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('shop_order_lines') }} as own_reason
    from typed
)

{{ latest_delivery('shop_order_lines', from='judged', follows=ref('base_shop__orders')) }}
