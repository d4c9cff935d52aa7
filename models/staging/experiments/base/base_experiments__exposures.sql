{{ config(materialized='table') }}

-- Grain: one row per delivered row of experiment_exposures, typed and judged; nothing is dropped
-- here.
with

repeated_keys as (
    {{ repeated_keys('experiment_exposures', source('raw', 'experiment_exposures')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('experiment_exposures', source('raw', 'experiment_exposures')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('experiment_exposures') }} as own_reason
    from typed
)

{{ latest_delivery('experiment_exposures', from='judged') }}
