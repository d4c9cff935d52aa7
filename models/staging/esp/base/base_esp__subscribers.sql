{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_subscribers, typed and judged; nothing is dropped here.
{{ judged_rows('esp_subscribers', source('raw', 'esp_subscribers')) }}
