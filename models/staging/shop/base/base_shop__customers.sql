{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_customers, typed and judged; nothing is dropped here.
{{ judged_rows('shop_customers', source('raw', 'shop_customers')) }}
