-- Grain: one row per pair of identifiers that must belong to one customer, and the rule that says
-- so. Devices are judged later: what identified itself on them has to be one person first.
with

phones as (
    select
        phone_key,
        coalesce(account_key, contact_key, subscriber_key, email_key) as anchor_key
    from {{ ref('int_usable_links') }}
)

select
    source_key,
    target_key,
    rule
from {{ ref('int_person_edges') }}
union
select
    anchor_key,
    phone_key,
    'equal_phone'
from phones
where phone_key is not null and anchor_key is not null
