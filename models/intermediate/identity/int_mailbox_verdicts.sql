-- Grain: one row per e-mail address that several people carry: shared, or recycled from the moment
-- the second one began, after the first was seen with it for the last time.
with

conflicts as (
    select * from {{ ref('int_mailbox_conflicts') }}
),

-- Somebody came after two others: no mailbox changes hands that often.
third_parties as (
    select distinct later.email_key
    from conflicts as later
    inner join conflicts as earlier
        on
            later.email_key = earlier.email_key
            and later.earlier_key = earlier.later_key
),

handed_over as (
    select
        email_key,
        min(later_first_seen_at) as recycled_at,
        max(earlier_last_seen_at) < min(later_first_seen_at) as is_recycled
    from conflicts
    group by 1
)

select
    handed_over.email_key as identifier_key,
    case
        when handed_over.is_recycled and third_parties.email_key is null then 'recycled_mailbox'
        else 'shared_mailbox'
    end as reason,
    case
        when handed_over.is_recycled and third_parties.email_key is null
            then handed_over.recycled_at
    end as recycled_at
from handed_over
left join third_parties
    on handed_over.email_key = third_parties.email_key
union all
select distinct
    identifier_key,
    'shared_mailbox',
    cast(null as timestamp)
from {{ ref('int_capped_identifiers') }}
where identifier_type = 'email'
