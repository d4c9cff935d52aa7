{{ config(schema='pii') }}

-- Grain: one row per erasure request and identifier of the person it is about.
select distinct
    requests.request_id,
    requests.requested_at,
    members.identifier_key
from {{ ref('int_erasure_requests') }} as requests
inner join {{ ref('int_identifier_components') }} as members
    on requests.component_key = members.component_key
