-- Grain: one row per identifier with the component it belongs to, linked or alone.
with

identifiers as (
    select * from {{ ref('int_identifiers') }}
),

components as (
    select * from {{ ref('int_identity_components') }}
),

people as (
    select
        identifiers.identifier_key,
        coalesce(components.component_key, identifiers.identifier_key) as component_key
    from identifiers
    left join components
        on identifiers.identifier_key = components.node_key
    where identifiers.identifier_type != 'anonymous_id'
),

-- One record names one person by all that is no device, so any of its keys tells the component.
device_users as (
    select
        links.device_key,
        min(people.component_key) as component_key,
        count(distinct people.component_key) as component_count
    from {{ ref('int_usable_links') }} as links
    inner join people
        on
            people.identifier_key
            = coalesce(
                links.account_key, links.contact_key, links.subscriber_key,
                links.email_key, links.phone_key
            )
    where links.device_key is not null
    group by 1
)

select
    identifier_key,
    component_key
from people
union all
select
    identifiers.identifier_key,
    -- A device that several people share stays a customer of its own.
    case
        when device_users.component_count = 1 then device_users.component_key
        else identifiers.identifier_key
    end as component_key
from identifiers
left join device_users
    on identifiers.identifier_key = device_users.device_key
where identifiers.identifier_type = 'anonymous_id'
