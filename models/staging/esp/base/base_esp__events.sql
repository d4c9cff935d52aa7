{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_events, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('esp_events', source('raw', 'esp_events')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('esp_events', source('raw', 'esp_events')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('esp_events') }} as own_reason
    from typed
)

{{ latest_delivery('esp_events', from='judged', follows=ref('base_esp__sends')) }}
