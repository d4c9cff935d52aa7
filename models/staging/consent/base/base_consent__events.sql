{{ config(materialized='table') }}

-- Grain: one row per delivered row of consent_events, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('consent_events', source('raw', 'consent_events')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('consent_events', source('raw', 'consent_events')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('consent_events') }} as own_reason
    from typed
)

{{ latest_delivery('consent_events', from='judged') }}
