{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_products, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('shop_products') }}
    from {{ source('raw', 'shop_products') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('shop_products') }} as own_reason
    from typed
)

{{ latest_delivery('shop_products', from='judged') }}
