-- Grain: one row per executed erasure request, role, type and keyed hash of an identifier.
select
    request_id,
    role,
    identifier_type,
    identifier_hash,
    hub_key,
    erased_from,
    erased_until,
    resolved_at
from {{ source('state', 'int_erasures') }}
