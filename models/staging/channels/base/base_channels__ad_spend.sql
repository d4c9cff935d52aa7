{{ config(materialized='table') }}

-- Grain: one row per delivered row of ad_spend, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('ad_spend', source('raw', 'ad_spend')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('ad_spend', source('raw', 'ad_spend')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('ad_spend') }} as own_reason
    from typed
)

{{ latest_delivery('ad_spend', from='judged') }}
