{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_messages, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('esp_messages') }}
    from {{ source('raw', 'esp_messages') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('esp_messages') }} as own_reason
    from typed
)

{{ latest_delivery('esp_messages', from='judged') }}
