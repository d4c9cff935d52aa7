{{ config(materialized='table') }}

-- Grain: one row per delivered row of experiments, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('experiments', source('raw', 'experiments')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('experiments', source('raw', 'experiments')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('experiments') }} as own_reason
    from typed
)

{{ latest_delivery('experiments', from='judged') }}
