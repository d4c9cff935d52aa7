{{ config(
    materialized=judged_once(),
    incremental_strategy='by_file',
    unique_key='event_id',
    post_hook="{{ note_basis() }}"
) }}

-- Grain: one row per delivered row of channel_events, typed and judged; nothing is dropped here.
{{ judged_rows('channel_events', source('raw', 'channel_events')) }}
