-- Grain: one row per customer, purpose and moment at which what holds was stated, or at which a
-- grant ended by itself: it holds from after stated_at up to and including next_stated_at. A
-- statement counts only before the moment asked.
with

statements as (
    select * from {{ ref('int_consent_statements') }}
    where is_accepted
),

bound as (
    select
        customers.customer_id,
        statements.*
    from statements
    inner join {{ ref('int_identifier_customers') }} as customers
        on statements.identifier_key = customers.identifier_key
    union all
    select
        denials.customer_id,
        statements.*
    from statements
    inner join {{ ref('int_unlinked_denials') }} as denials
        on
            statements.source_name = denials.source_name
            and statements.statement_id = denials.statement_id
),

-- Of statements in the same instant the strictest counts.
stated as (
    select
        customer_id,
        purpose,
        stated_at,
        min(case when is_granted then 1 else 0 end) = 1 as is_granted,
        min(expired_at) as expired_at,
        max(case when status = 'do_not_sell' then 1 else 0 end) as asks_not_to_sell
    from bound
    group by 1, 2, 3
),

-- Whoever asked not to be sold stays unsold, whatever is said later.
held as (
    select
        customer_id,
        purpose,
        stated_at,
        expired_at,
        is_granted,
        max(asks_not_to_sell) over (
            partition by customer_id, purpose order by stated_at rows unbounded preceding
        ) = 1 as is_final,
        lead(stated_at) over (
            partition by customer_id, purpose order by stated_at
        ) as next_stated_at
    from stated
),

changes as (
    select
        customer_id,
        purpose,
        is_granted and not is_final as is_granted,
        is_final,
        false as is_expiry,
        stated_at
    from held
    union all
    select
        customer_id,
        purpose,
        false,
        is_final,
        true,
        expired_at
    from held
    where
        is_granted
        and not is_final
        and expired_at is not null
        and (expired_at < next_stated_at or next_stated_at is null)
)

select
    changes.customer_id,
    changes.purpose,
    purposes.channel,
    changes.is_granted,
    changes.is_final,
    changes.is_expiry,
    changes.stated_at,
    lead(changes.stated_at) over (
        partition by changes.customer_id, changes.purpose order by changes.stated_at
    ) as next_stated_at
from changes
inner join {{ ref('int_consent_purposes') }} as purposes
    on changes.purpose = purposes.purpose
