-- Grain: one row per identifier that builds before this one assigned, with its customer then.
select
    identifier_key,
    customer_id,
    revision
from {{ ref('int_known_assignments') }}
qualify row_number() over (partition by identifier_key order by revision desc) = 1
