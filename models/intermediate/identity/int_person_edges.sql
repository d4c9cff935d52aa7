-- Grain: one row per pair of identifiers that must belong to one customer, whatever phones and
-- devices say, and the rule that says so.
with

anchored as (
    select
        contact_key,
        subscriber_key,
        email_key,
        coalesce(account_key, contact_key, subscriber_key) as anchor_key
    from {{ ref('int_email_links') }}
)

select
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
where email_key is not null and anchor_key is not null
