{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_customers, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('shop_customers') }}
    from {{ source('raw', 'shop_customers') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('shop_customers') }} as own_reason
    from typed
)

{{ latest_delivery('shop_customers', from='judged') }}
