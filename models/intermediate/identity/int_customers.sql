-- Grain: one row per unified customer, known or not.
select
    customers.customer_id,
    max(case when identifiers.identifier_type != 'anonymous_id' then 1 else 0 end) = 1 as is_known,
    min(identifiers.first_seen_at) as first_seen_at,
    max(identifiers.last_seen_at) as last_seen_at
from {{ ref('int_identifier_customers') }} as customers
inner join {{ ref('int_identifiers') }} as identifiers
    on customers.identifier_key = identifiers.identifier_key
group by 1
