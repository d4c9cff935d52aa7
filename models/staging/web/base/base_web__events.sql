{{ config(materialized='table') }}

-- Grain: one row per delivered row of web_events, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('web_events', source('raw', 'web_events')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('web_events', source('raw', 'web_events')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('web_events') }} as own_reason
    from typed
)

{{ latest_delivery('web_events', from='judged') }}
