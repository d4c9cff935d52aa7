-- Grain: one row per identifier with the component it belongs to, linked or alone.
select
    identifiers.identifier_key,
    coalesce(
        components.component_key,
        -- A device that several people share stays a customer of its own.
        case when device_users.component_count = 1 then device_users.component_key end,
        identifiers.identifier_key
    ) as component_key
from {{ ref('int_identifiers') }} as identifiers
left join {{ ref('int_identity_components') }} as components
    on identifiers.identifier_key = components.node_key
left join {{ ref('int_device_users') }} as device_users
    on identifiers.identifier_key = device_users.device_key
