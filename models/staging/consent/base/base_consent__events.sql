{{ config(materialized='table') }}

-- Grain: one row per delivered row of consent_events, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('consent_events') }}
    from {{ source('raw', 'consent_events') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('consent_events') }} as own_reason
    from typed
)

{{ latest_delivery('consent_events', from='judged') }}
