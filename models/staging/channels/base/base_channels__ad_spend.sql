{{ config(materialized='table') }}

-- Grain: one row per delivered row of ad_spend, typed and judged; nothing is dropped here.
{{ judged_rows('ad_spend', source('raw', 'ad_spend')) }}
