-- Grain: one row per e-mail address or phone number that several people use: it links nobody.
with

links as (
    select * from {{ ref('int_identity_links') }}
),

mailboxes as (
    select
        email_key as identifier_key,
        count(distinct account_key) as account_count
    from links
    where email_key is not null
    group by 1
),

phones as (
    select
        phone_key as identifier_key,
        count(distinct account_key) as account_count,
        count(distinct contact_key) as contact_count,
        count(distinct first_name) as first_name_count,
        count(distinct last_name) as last_name_count,
        count(distinct email_key) as email_count
    from links
    where phone_key is not null
    group by 1
),

shared as (
    select
        identifier_key,
        'shared_mailbox' as reason
    from mailboxes
    where account_count > {{ var('max_accounts_per_email') }}
    union all
    select
        identifier_key,
        'shared_phone' as reason
    from phones
    where
        account_count > 1
        or contact_count > 1
        or first_name_count > 1
        or last_name_count > 1
        or email_count > {{ var('max_emails_per_phone') }}
    -- What was shared beyond a cap with somebody who is erased still links nobody.
    union all
    select
        identifier_key,
        'too_many_with_the_erased' as reason
    from {{ ref('int_erased_hubs') }}
)

select
    identifier_key,
    min(reason) as reason
from shared
group by 1
