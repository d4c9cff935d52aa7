{{ config(
    materialized=judged_once(),
    incremental_strategy='by_file',
    unique_key='event_id',
    post_hook="{{ note_basis() }}"
) }}

-- Grain: one row per delivered row of web_events, typed and judged; nothing is dropped here.
{{ judged_rows('web_events', source('raw', 'web_events')) }}
