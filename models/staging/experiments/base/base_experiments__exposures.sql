{{ config(materialized='table') }}

-- Grain: one row per delivered row of experiment_exposures, typed and judged; nothing is dropped
-- here.
{{ judged_rows('experiment_exposures', source('raw', 'experiment_exposures')) }}
