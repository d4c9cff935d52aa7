{{ config(
    materialized=judged_once(),
    incremental_strategy='by_file',
    unique_key='event_id',
    post_hook="{{ note_basis('base_esp__sends') }}"
) }}

-- Grain: one row per delivered row of esp_events, typed and judged; nothing is dropped here.
{{ judged_rows('esp_events', source('raw', 'esp_events'), follows=ref('base_esp__sends')) }}
