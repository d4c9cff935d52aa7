{{ config(materialized='table') }}

-- Grain: one row per delivered row of ad_spend, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('ad_spend') }}
    from {{ source('raw', 'ad_spend') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('ad_spend') }} as own_reason
    from typed
)

{{ latest_delivery('ad_spend', from='judged') }}
