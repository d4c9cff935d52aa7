-- Grain: one row per identifier with its component and the identifier that the component was first
-- seen by.
select
    components.identifier_key,
    components.component_key,
    identifiers.first_seen_at,
    first_value(components.identifier_key) over (
        partition by components.component_key
        order by identifiers.first_seen_at, components.identifier_key
    ) as founder_key
from {{ ref('int_identifier_components') }} as components
inner join {{ ref('int_identifiers') }} as identifiers
    on components.identifier_key = identifiers.identifier_key
