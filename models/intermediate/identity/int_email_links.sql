{{ config(schema='pii') }}

-- Grain: one row per source table and distinct set of identifiers that stood in one of its rows,
-- without shared mailboxes, a recycled one as its holder of that time. Phones are judged later.
with

links as (
    select * from {{ ref('int_personal_links') }}
),

shared as (
    select identifier_key from {{ ref('int_mailbox_verdicts') }}
    where reason = 'shared_mailbox'
),

recycled as (
    select distinct identifier_key from {{ ref('int_mailbox_tenures') }}
),

-- A person holds a mailbox as of its first sight there, whoever else is seen there later; a row
-- that names none belongs to the holders of its first and of its last sight.
sights as (
    select
        links.email_key,
        links.person_key,
        links.first_seen_at,
        links.last_seen_at,
        min(links.first_seen_at) over (
            partition by links.email_key, links.person_key
        ) as person_seen_at
    from links
    inner join recycled
        on links.email_key = recycled.identifier_key
),

moments as (
    select
        email_key,
        person_key,
        first_seen_at,
        last_seen_at,
        case when person_key is null then first_seen_at else person_seen_at end as held_at
    from sights
    union
    select
        email_key,
        person_key,
        first_seen_at,
        last_seen_at,
        last_seen_at as held_at
    from sights
    where person_key is null
),

held as (
    select distinct
        moments.email_key,
        moments.person_key,
        moments.first_seen_at,
        moments.last_seen_at,
        tenures.tenure_key
    from moments
    inner join {{ ref('int_mailbox_tenures') }} as tenures
        on
            moments.email_key = tenures.identifier_key
            and moments.held_at >= tenures.valid_from
            and moments.held_at < tenures.valid_to
)

select
    links.table_name,
    links.contact_key,
    links.account_key,
    links.subscriber_key,
    links.device_key,
    case
        when shared.identifier_key is null then coalesce(held.tenure_key, links.email_key)
    end as email_key,
    links.phone_key,
    links.first_name,
    links.last_name,
    min(links.first_seen_at) as first_seen_at,
    max(links.last_seen_at) as last_seen_at
from links
left join shared
    on links.email_key = shared.identifier_key
left join held
    on
        links.email_key = held.email_key
        and links.person_key is not distinct from held.person_key
        and links.first_seen_at = held.first_seen_at
        and links.last_seen_at = held.last_seen_at
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
