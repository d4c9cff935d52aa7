{{ config(materialized='table') }}

-- Grain: one row per delivered row of experiments, typed and judged; nothing is dropped here.
{{ judged_rows('experiments', source('raw', 'experiments')) }}
