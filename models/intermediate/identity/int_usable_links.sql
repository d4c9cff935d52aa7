-- Grain: one row per source table and distinct set of identifiers that stood in one of its rows,
-- without those that several people share.
select
    links.table_name,
    links.contact_key,
    links.account_key,
    links.subscriber_key,
    links.device_key,
    links.email_key,
    case when shared.identifier_key is null then links.phone_key end as phone_key,
    min(links.first_seen_at) as first_seen_at,
    max(links.last_seen_at) as last_seen_at
from {{ ref('int_email_links') }} as links
left join {{ ref('int_shared_identifiers') }} as shared
    on links.phone_key = shared.identifier_key
group by 1, 2, 3, 4, 5, 6, 7
