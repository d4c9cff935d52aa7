{{ config(
    materialized=judged_once(),
    incremental_strategy='by_file',
    unique_key='order_id',
    post_hook="{{ note_basis() }}"
) }}

-- Grain: one row per delivered row of shop_orders, typed and judged; nothing is dropped here.
{{ judged_rows('shop_orders', source('raw', 'shop_orders')) }}
