{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_subscribers, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('esp_subscribers') }}
    from {{ source('raw', 'esp_subscribers') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('esp_subscribers') }} as own_reason
    from typed
)

{{ latest_delivery('esp_subscribers', from='judged') }}
