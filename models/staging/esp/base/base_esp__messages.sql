{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_messages, typed and judged; nothing is dropped here.
{{ judged_rows('esp_messages', source('raw', 'esp_messages')) }}
