-- Grain: one row per distinct set of identifiers that stood in one row, without those that several
-- people share.
with

links as (
    select * from {{ ref('int_identity_links') }}
),

shared as (
    select * from {{ ref('int_shared_identifiers') }}
)

select
    links.contact_key,
    links.account_key,
    links.subscriber_key,
    links.device_key,
    case when shared_emails.identifier_key is null then links.email_key end as email_key,
    case when shared_phones.identifier_key is null then links.phone_key end as phone_key,
    min(links.first_seen_at) as first_seen_at,
    max(links.last_seen_at) as last_seen_at
from links
left join shared as shared_emails
    on links.email_key = shared_emails.identifier_key
left join shared as shared_phones
    on links.phone_key = shared_phones.identifier_key
group by 1, 2, 3, 4, 5, 6
