-- Grain: one row per e-mail address and pair of people whose records carry it under names that
-- can't be one person's: who came first, and when the other began.
with

holders as (
    select
        email_key,
        person_key,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_personal_links') }}
    where email_key is not null and person_key is not null
    group by 1, 2
),

-- Few addresses have more holders than one, and those with too many are capped.
contested as (
    select holders.email_key
    from holders
    left join {{ ref('int_capped_identifiers') }} as capped
        on holders.email_key = capped.identifier_key
    where capped.identifier_key is null
    group by 1
    having count(*) > 1
),

named as (
    select
        holders.*,
        names.first_name,
        names.last_name
    from holders
    inner join contested
        on holders.email_key = contested.email_key
    inner join {{ ref('int_person_names') }} as names
        on holders.person_key = names.person_key
),

named_pairs as (
    select
        earlier.email_key,
        earlier.person_key as earlier_key,
        later.person_key as later_key,
        earlier.last_seen_at as earlier_last_seen_at,
        later.first_seen_at as later_first_seen_at,
        {{ generations_differ('earlier', 'later') }} as has_other_generation,
        {{ names_differ('earlier.first_name', 'later.first_name') }}
        and not {{ names_are_swapped('earlier', 'later') }} as has_other_first_name,
        {{ names_differ('earlier.last_name', 'later.last_name') }} as has_other_last_name
    from named as earlier
    inner join named as later
        on
            earlier.email_key = later.email_key
            and (
                earlier.first_seen_at < later.first_seen_at
                or (
                    earlier.first_seen_at = later.first_seen_at
                    and earlier.person_key < later.person_key
                )
            )
),

-- People with several names are one person if any two of their names may be.
pairs as (
    select
        email_key,
        earlier_key,
        later_key,
        earlier_last_seen_at,
        later_first_seen_at,
        min(case when has_other_first_name then 1 else 0 end) as differs_by_first_name,
        min(
            case
                when has_other_generation or (has_other_first_name and has_other_last_name) then 1
                else 0
            end
        ) as is_another
    from named_pairs
    group by 1, 2, 3, 4, 5
)

select
    email_key,
    earlier_key,
    later_key,
    earlier_last_seen_at,
    later_first_seen_at
from pairs
-- Another first name alone may be a nickname; not where there are three, or long after the other.
qualify
    is_another = 1
    or (
        differs_by_first_name = 1
        and (
            sum(differs_by_first_name) over (partition by email_key) >= 3
            or {{ days_between('earlier_last_seen_at', 'later_first_seen_at') }}
            >= {{ var('recycled_after_days') }}
        )
    )
