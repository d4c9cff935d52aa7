{{ config(schema='pii') }}

-- Grain: one row per keyed digest of what may lead to more of an erased person: rows before as_of,
-- requests, and orders that the state does not know. While these stay the same, resolving the
-- requests again finds nothing new.
select distinct leads.lead_digest
from {{ ref('stg_state__leads') }} as leads
left join {{ ref('stg_state__erasures') }} as known
    on
        leads.kind = known.identifier_type
        and leads.lead_digest = known.identifier_hash
where
    known.identifier_hash is null
    and (leads.lead_at is null or leads.lead_at < {{ as_of() }})
