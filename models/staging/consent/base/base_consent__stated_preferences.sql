{{ config(materialized='table') }}

-- Grain: one row per delivered row of stated_preferences, typed and judged; nothing is dropped
-- here.
{{ judged_rows('stated_preferences', source('raw', 'stated_preferences')) }}
