{{ config(schema='pii') }}

-- Grain: one row per person, as references and e-mails know them, and name of its records; a name
-- that is missing everywhere is null.
with

members as (
    select
        coalesce(
            components.component_key, links.account_key, links.contact_key, links.subscriber_key
        ) as person_key,
        links.account_key,
        links.contact_key,
        links.first_name,
        links.last_name
    from {{ ref('int_email_links') }} as links
    left join {{ ref('int_person_components') }} as components
        on
            coalesce(links.account_key, links.contact_key, links.subscriber_key)
            = components.node_key
    where coalesce(links.account_key, links.contact_key, links.subscriber_key) is not null
),

counted as (
    select
        person_key,
        count(distinct account_key) as account_count,
        count(distinct contact_key) as contact_count
    from members
    group by 1
),

names as (
    select distinct
        person_key,
        first_name,
        last_name
    from members
    where coalesce(first_name, last_name) is not null
)

select
    counted.person_key,
    counted.account_count,
    counted.contact_count,
    names.first_name,
    names.last_name
from counted
left join names
    on counted.person_key = names.person_key
