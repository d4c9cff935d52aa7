{{ config(materialized='connected_components') }}

-- Grain: one row per identifier that references or e-mails link, with the smallest key of its
-- component.
select
    source_key,
    target_key
from {{ ref('int_person_edges') }}
