-- Grain: one row per pair of identifiers that must belong to one customer, and the rule that says
-- so. Devices are judged later: what identified itself on them has to be one person first.
with

links as (
    select * from {{ ref('int_usable_links') }}
),

anchored as (
    select
        *,
        coalesce(account_key, contact_key, subscriber_key, email_key) as anchor_key
    from links
)

select distinct
    anchor_key as source_key,
    contact_key as target_key,
    'reference' as rule
from anchored
where contact_key != anchor_key
union
select
    anchor_key,
    subscriber_key,
    'reference'
from anchored
where subscriber_key != anchor_key
union
select
    anchor_key,
    email_key,
    'equal_email'
from anchored
where email_key != anchor_key
union
select
    anchor_key,
    phone_key,
    'equal_phone'
from anchored
where phone_key is not null and anchor_key is not null
