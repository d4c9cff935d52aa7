{{ config(materialized='connected_components') }}

-- Grain: one row per person and phone that phones alone hold together, with the smallest key of
-- their component.
select
    carriers.person_key as source_key,
    carriers.phone_key as target_key
from {{ ref('int_phone_carriers') }} as carriers
left join {{ ref('int_shared_phones') }} as shared
    on carriers.phone_key = shared.identifier_key
where shared.identifier_key is null
