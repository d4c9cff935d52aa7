{{ config(materialized='table') }}

-- Grain: one row per delivered row of crm_contacts, typed and judged; nothing is dropped here.
{{ judged_rows('crm_contacts', source('raw', 'crm_contacts')) }}
