{{ config(schema='pii') }}

-- Grain: one row per keyed digest of what may lead to more of an erased person: what stood in rows
-- before as_of beside an identifier of theirs, each delivery of a request, and orders of theirs
-- that the state does not know. While these stay the same, resolving the requests again finds
-- nothing new.
select distinct lead_digest
from (
    {% for table_name, base in base_models() -%}
    select lead_digest
    from {{ ref(base) }}
    where lead_at < {{ as_of() }}
    union all
    {% endfor -%}
    -- A request may be delivered anew, about somebody else.
    select row_digest
    from {{ ref('base_consent__privacy_requests') }}
    where erased_by is not null
    union all
    select orders.erased_key
    from {{ ref('base_shop__orders') }} as orders
    left join {{ ref('stg_state__erasures') }} as known
        on
            orders.erased_key = known.identifier_hash
            and known.identifier_type = 'order_id'
    where orders.erased_key is not null and known.identifier_hash is null
) as leads
