{{ config(materialized='table') }}

-- Grain: one row per delivered row of experiment_exposures, typed and judged; nothing is dropped
-- here.
with

typed as (
    select {{ typed_columns('experiment_exposures') }}
    from {{ source('raw', 'experiment_exposures') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('experiment_exposures') }} as own_reason
    from typed
)

{{ latest_delivery('experiment_exposures', from='judged') }}
