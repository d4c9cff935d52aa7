{{ config(materialized='table') }}

-- Grain: one row per delivered row of stated_preferences, typed and judged; nothing is dropped
-- here.
with

typed as (
    select {{ typed_columns('stated_preferences') }}
    from {{ source('raw', 'stated_preferences') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('stated_preferences') }} as own_reason
    from typed
)

{{ latest_delivery('stated_preferences', from='judged') }}
