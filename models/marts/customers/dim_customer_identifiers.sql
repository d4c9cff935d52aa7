-- Grain: one row per identifier that belongs to one customer.
select
    identifiers.identifier_type,
    identifiers.identifier_value,
    customers.customer_id,
    identifiers.first_seen_at,
    identifiers.last_seen_at
from {{ ref('int_identifiers') }} as identifiers
inner join {{ ref('int_identifier_customers') }} as customers
    on identifiers.identifier_key = customers.identifier_key
-- A recycled address is told of its holder today.
where identifiers.is_current
