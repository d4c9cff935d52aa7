{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_reviews, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('shop_reviews') }}
    from {{ source('raw', 'shop_reviews') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('shop_reviews') }} as own_reason
    from typed
)

{{ latest_delivery('shop_reviews', from='judged') }}
