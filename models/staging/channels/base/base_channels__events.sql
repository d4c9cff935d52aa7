{{ config(materialized='table') }}

-- Grain: one row per delivered row of channel_events, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('channel_events') }}
    from {{ source('raw', 'channel_events') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('channel_events') }} as own_reason
    from typed
)

{{ latest_delivery('channel_events', from='judged') }}
