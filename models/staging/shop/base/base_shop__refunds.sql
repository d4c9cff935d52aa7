{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_refunds, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('shop_refunds') }}
    from {{ source('raw', 'shop_refunds') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('shop_refunds') }} as own_reason
    from typed
)

{{ latest_delivery('shop_refunds', from='judged', follows=ref('base_shop__orders')) }}
