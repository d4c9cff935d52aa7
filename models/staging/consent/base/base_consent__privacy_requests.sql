{{ config(materialized='table') }}

-- Grain: one row per delivered row of privacy_requests, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('privacy_requests', source('raw', 'privacy_requests')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('privacy_requests', source('raw', 'privacy_requests')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('privacy_requests') }} as own_reason
    from typed
)

{{ latest_delivery('privacy_requests', from='judged') }}
