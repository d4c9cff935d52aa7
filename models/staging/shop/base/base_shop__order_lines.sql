{{ config(
    materialized=judged_once(),
    incremental_strategy='by_file',
    unique_key='order_line_id',
    post_hook="{{ note_basis('base_shop__orders') }}"
) }}

-- Grain: one row per delivered row of shop_order_lines, typed and judged; nothing is dropped here.
{{ judged_rows(
    'shop_order_lines', source('raw', 'shop_order_lines'),
    follows=ref('base_shop__orders')
) }}
