-- Grain: one row per device on which somebody identified themselves, with one of the components
-- that did and how many there are.
with

links as (
    select
        device_key,
        -- One record names one person by all that is no device, so any of its keys tells who.
        coalesce(account_key, contact_key, subscriber_key, email_key, phone_key) as anchor_key
    from {{ ref('int_usable_links') }}
    where device_key is not null
),

people as (
    select
        links.device_key,
        coalesce(components.component_key, links.anchor_key) as component_key
    from links
    left join {{ ref('int_identity_components') }} as components
        on links.anchor_key = components.node_key
    where links.anchor_key is not null
)

select
    device_key,
    min(component_key) as component_key,
    count(distinct component_key) as component_count
from people
group by 1
