{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_reviews, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('shop_reviews', source('raw', 'shop_reviews')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('shop_reviews', source('raw', 'shop_reviews')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('shop_reviews') }} as own_reason
    from typed
)

{{ latest_delivery('shop_reviews', from='judged') }}
