{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_messages, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('esp_messages', source('raw', 'esp_messages')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('esp_messages', source('raw', 'esp_messages')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('esp_messages') }} as own_reason
    from typed
)

{{ latest_delivery('esp_messages', from='judged') }}
