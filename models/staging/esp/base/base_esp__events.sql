{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_events, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('esp_events') }}
    from {{ source('raw', 'esp_events') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('esp_events') }} as own_reason
    from typed
)

{{ latest_delivery('esp_events', from='judged', follows=ref('base_esp__sends')) }}
