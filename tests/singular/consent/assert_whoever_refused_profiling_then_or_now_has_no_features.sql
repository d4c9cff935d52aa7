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
    union
    select
        customer_id,
        as_of,
        {{ as_of() }}
    from {{ ref('feat_spine') }}
),

latest as (
    select
        asked.customer_id,
        asked.cutoff,
        asked.moment,
        max(statements.occurred_at) as stated_at
    from asked
    left join statements
        on
            asked.customer_id = statements.customer_id
            and asked.moment > statements.occurred_at
    group by 1, 2, 3
)

select
    latest.customer_id,
    latest.cutoff,
    latest.moment
from latest
cross join beginnings
left join statements
    on
        latest.customer_id = statements.customer_id
        and latest.stated_at = statements.occurred_at
where
    latest.moment > beginnings.managed_from
    and coalesce(statements.status, 'silent') != 'granted'
