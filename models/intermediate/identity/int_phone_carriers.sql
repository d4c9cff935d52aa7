-- Grain: one row per phone and person, as references and e-mails know them, whose rows carry it.
select
    links.phone_key,
    coalesce(
        components.component_key,
        links.account_key,
        links.contact_key,
        links.subscriber_key,
        links.email_key
    ) as person_key,
    min(links.first_seen_at) as first_seen_at
from {{ ref('int_email_links') }} as links
left join {{ ref('int_person_components') }} as components
    on
        coalesce(links.account_key, links.contact_key, links.subscriber_key, links.email_key)
        = components.node_key
where
    links.phone_key is not null
    and coalesce(links.account_key, links.contact_key, links.subscriber_key, links.email_key)
    is not null
group by 1, 2
