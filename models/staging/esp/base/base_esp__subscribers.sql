{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_subscribers, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('esp_subscribers', source('raw', 'esp_subscribers')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('esp_subscribers', source('raw', 'esp_subscribers')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('esp_subscribers') }} as own_reason
    from typed
)

{{ latest_delivery('esp_subscribers', from='judged') }}
