-- The gate once more, from the statements as they came: where profiling is managed, nobody is in
-- the spine whose latest word before the cut-off, or before as_of, is not a grant.
with

statements as (
    select
        customers.customer_id,
        events.status,
        events.occurred_at
    from {{ ref('stg_consent__events') }} as events
    left join {{ ref('int_contact_value_keys') }} as contact_values
        on
            events.subject_type = contact_values.identifier_type
            and events.subject_value = contact_values.raw_value
            and events.occurred_at >= contact_values.valid_from
            and events.occurred_at < contact_values.valid_to
    inner join {{ ref('int_identifier_customers') }} as customers
        on
            coalesce(
                contact_values.identifier_key,
                {{ identifier_key('events.subject_type', 'events.subject_value') }}
            ) = customers.identifier_key
    where events.purpose = 'profiling'
),

words as (
    select
        customer_id,
        occurred_at,
        lead(occurred_at) over (partition by customer_id order by occurred_at) as next_at,
        min(case when status = 'granted' then 1 else 0 end) = 1 as is_granted
    from statements
    group by 1, 2
),

beginnings as (
    select min(occurred_at) as managed_from from {{ ref('stg_consent__events') }}
    where purpose = 'profiling'
),

asked as (
    select
        customer_id,
        as_of as cutoff,
        as_of as moment
    from {{ ref('feat_spine') }}
    union all
    select
        customer_id,
        as_of,
        {{ as_of() }}
    from {{ ref('feat_spine') }}
)

select
    asked.customer_id,
    asked.cutoff,
    asked.moment
from asked
cross join beginnings
left join words
    on
        asked.customer_id = words.customer_id
        and words.is_granted
        and asked.moment > words.occurred_at
        and (asked.moment <= words.next_at or words.next_at is null)
where asked.moment > beginnings.managed_from and words.customer_id is null
