{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_products, typed and judged; nothing is dropped here.
{{ judged_rows('shop_products', source('raw', 'shop_products')) }}
