{{ config(materialized='table') }}

-- Grain: one row per delivered row of privacy_requests, typed and judged; nothing is dropped here.
{{ judged_rows('privacy_requests', source('raw', 'privacy_requests')) }}
