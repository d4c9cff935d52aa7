{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_reviews, typed and judged; nothing is dropped here.
{{ judged_rows('shop_reviews', source('raw', 'shop_reviews')) }}
