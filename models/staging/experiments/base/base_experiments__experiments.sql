{{ config(materialized='table') }}

-- Grain: one row per delivered row of experiments, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('experiments') }}
    from {{ source('raw', 'experiments') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('experiments') }} as own_reason
    from typed
)

{{ latest_delivery('experiments', from='judged') }}
