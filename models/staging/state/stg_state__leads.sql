-- Grain: one row per kind, keyed digest and moment of what may lead to more of an erased person:
-- what stands beside an identifier of theirs, a request, an order's id.
{% for table_name, base in base_models() -%}
select
    'row' as kind,
    lead_digest,
    lead_at
from {{ ref(base) }}
where lead_digest is not null
union
{% endfor -%}
-- A request may be delivered anew, about somebody else.
select
    'request',
    row_digest,
    null
from {{ ref('base_consent__privacy_requests') }}
where erased_by is not null
union
select
    'order_id',
    erased_key,
    null
from {{ ref('base_shop__orders') }}
where erased_key is not null
