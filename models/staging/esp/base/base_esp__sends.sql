{{ config(
    materialized=judged_once(),
    incremental_strategy='by_file',
    unique_key='send_id',
    post_hook="{{ note_basis() }}"
) }}

-- Grain: one row per delivered row of esp_sends, typed and judged; nothing is dropped here.
{{ judged_rows('esp_sends', source('raw', 'esp_sends')) }}
