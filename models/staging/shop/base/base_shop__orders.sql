{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_orders, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('shop_orders') }}
    from {{ source('raw', 'shop_orders') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('shop_orders') }} as own_reason
    from typed
)

{{ latest_delivery('shop_orders', from='judged') }}
