{{ config(materialized='table') }}

-- Grain: one row per delivered row of stated_preferences, typed and judged; nothing is dropped
-- here.
with

repeated_keys as (
    {{ repeated_keys('stated_preferences', source('raw', 'stated_preferences')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('stated_preferences', source('raw', 'stated_preferences')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('stated_preferences') }} as own_reason
    from typed
)

{{ latest_delivery('stated_preferences', from='judged') }}
