{{ config(schema='pii') }}

-- Grain: one row per person, as references and e-mails know them, and name of its records; where
-- they state none the name of its address, null if it bears none either.
with

members as (
    select
        coalesce(
            components.component_key,
            links.account_key,
            links.contact_key,
            links.subscriber_key,
            links.email_key
        ) as person_key,
        links.account_key,
        links.contact_key,
        links.email_key,
        links.first_name,
        links.last_name
    from {{ ref('int_email_links') }} as links
    left join {{ ref('int_person_components') }} as components
        on
            coalesce(links.account_key, links.contact_key, links.subscriber_key, links.email_key)
            = components.node_key
    where
        coalesce(links.account_key, links.contact_key, links.subscriber_key, links.email_key)
        is not null
),

counted as (
    select
        person_key,
        count(distinct account_key) as account_count,
        count(distinct contact_key) as contact_count
    from members
    group by 1
),

stated as (
    select distinct
        person_key,
        first_name,
        last_name
    from members
    where coalesce(first_name, last_name) is not null
),

names as (
    select * from stated
    union all
    select distinct
        members.person_key,
        address_names.first_name,
        cast(null as varchar)
    from members
    inner join {{ ref('int_address_names') }} as address_names
        on members.email_key = address_names.email_key
    where members.person_key not in (select person_key from stated)
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
