{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_sends, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('esp_sends', source('raw', 'esp_sends')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('esp_sends', source('raw', 'esp_sends')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('esp_sends') }} as own_reason
    from typed
)

{{ latest_delivery('esp_sends', from='judged') }}
