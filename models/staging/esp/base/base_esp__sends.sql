{{ config(materialized='table') }}

-- Grain: one row per delivered row of esp_sends, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('esp_sends') }}
    from {{ source('raw', 'esp_sends') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('esp_sends') }} as own_reason
    from typed
)

{{ latest_delivery('esp_sends', from='judged') }}
