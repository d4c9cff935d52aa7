{{ config(materialized='table') }}

-- Grain: one row per delivered row of web_events, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('web_events') }}
    from {{ source('raw', 'web_events') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('web_events') }} as own_reason
    from typed
)

{{ latest_delivery('web_events', from='judged') }}
