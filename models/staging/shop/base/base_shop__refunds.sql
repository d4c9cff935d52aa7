{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_refunds, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('shop_refunds', source('raw', 'shop_refunds')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('shop_refunds', source('raw', 'shop_refunds')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('shop_refunds') }} as own_reason
    from typed
)

{{ latest_delivery('shop_refunds', from='judged', follows=ref('base_shop__orders')) }}
