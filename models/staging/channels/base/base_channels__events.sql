{{ config(materialized='table') }}

-- Grain: one row per delivered row of channel_events, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('channel_events', source('raw', 'channel_events')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('channel_events', source('raw', 'channel_events')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('channel_events') }} as own_reason
    from typed
)

{{ latest_delivery('channel_events', from='judged') }}
