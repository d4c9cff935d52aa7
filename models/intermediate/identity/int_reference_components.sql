{{ config(materialized='connected_components') }}

-- Grain: one row per contact, account or subscriber that a reference links, with the smallest key
-- of its component.
select
    source_key,
    target_key
from {{ ref('int_reference_edges') }}
