-- Whoever does not allow profiling gets the same list as everyone, pins and new products among it.
select listed.customer_id
from {{ ref('fct_recommendations') }} as listed
inner join {{ ref('dim_customers') }} as customers
    on listed.customer_id = customers.customer_id
where not customers.can_profile and listed.source not in ('popular', 'pinned', 'new')
