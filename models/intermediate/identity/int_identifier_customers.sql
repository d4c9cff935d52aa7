-- Grain: one row per identifier with its customer: the one map that a merge, split or erasure
-- rewrites.
select
    components.identifier_key,
    assignments.customer_id
from {{ ref('int_identifier_components') }} as components
inner join {{ ref('int_customer_assignments') }} as assignments
    on components.identifier_key = assignments.identifier_key
where assignments.assigned_as_of <= {{ as_of() }}
qualify row_number() over (
    partition by components.identifier_key
    order by assignments.revision desc
) = 1
