{{ config(materialized='table') }}

-- Grain: one row per delivered row of privacy_requests, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('privacy_requests') }}
    from {{ source('raw', 'privacy_requests') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('privacy_requests') }} as own_reason
    from typed
)

{{ latest_delivery('privacy_requests', from='judged') }}
