{{
    config(
        materialized = 'incremental',
        incremental_strategy = 'append',
        schema = 'state',
        full_refresh = false
    )
}}

-- Grain: one row per identifier and change of its customer; the latest revision counts. Outlives
-- the warehouse: an id is assigned once and stays, whatever sorts before it later.
select
    members.identifier_key,
    members.founder_key,
    customers.customer_id,
    cast(coalesce(held.revision, 0) + 1 as integer) as revision,
    members.first_seen_at,
    {{ as_of() }} as assigned_as_of,
    moves.from_customer_id as previous_customer_id,
    moves.kind,
    moves.reason,
    moves.evidence
from {{ ref('int_component_members') }} as members
inner join {{ ref('int_component_customers') }} as customers
    on members.component_key = customers.component_key
left join {{ ref('int_held_customers') }} as held
    on members.identifier_key = held.identifier_key
left join {{ ref('int_customer_moves') }} as moves
    on
        held.customer_id = moves.from_customer_id
        and customers.customer_id = moves.to_customer_id
where held.customer_id is distinct from customers.customer_id
