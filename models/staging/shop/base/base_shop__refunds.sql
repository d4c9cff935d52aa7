{{ config(materialized='table') }}

-- Grain: one row per delivered row of shop_refunds, typed and judged; nothing is dropped here.
{{ judged_rows('shop_refunds', source('raw', 'shop_refunds'), follows=ref('base_shop__orders')) }}
