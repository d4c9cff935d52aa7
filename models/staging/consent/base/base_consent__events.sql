{{ config(
    materialized=judged_once(),
    incremental_strategy='by_file',
    unique_key='consent_event_id',
    post_hook="{{ note_basis() }}"
) }}

-- Grain: one row per delivered row of consent_events, typed and judged; nothing is dropped here.
{{ judged_rows('consent_events', source('raw', 'consent_events')) }}
