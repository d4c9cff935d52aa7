-- Grain: one row per identifier and reason why it links nobody, or not everybody it was seen with.
with

bearers as (
    select
        identifier_type,
        identifier_value,
        count(*) as customers
    from {{ ref('int_conflict_bearers') }}
    group by 1, 2
)

select
    conflicts.identifier_type,
    conflicts.identifier_value,
    conflicts.reason,
    coalesce(bearers.customers, 0) as customers,
    case
        when conflicts.reason = 'recycled_mailbox' then 'one person until the next began'
        when conflicts.identifier_type = 'anonymous_id' then 'a customer of its own'
        when conflicts.identifier_type in ('email', 'phone') then 'links nobody'
        when conflicts.reason = 'placeholder' then 'no id'
        else 'stands for its own record alone'
    end as decision
from {{ ref('int_identity_conflicts') }} as conflicts
left join bearers
    on
        conflicts.identifier_type = bearers.identifier_type
        and conflicts.identifier_value = bearers.identifier_value
