{{ config(materialized='connected_components') }}

-- Grain: one row per identifier that has a link, with the smallest key of its component.
select
    source_key,
    target_key
from {{ ref('int_identity_edges') }}
