-- Whoever does not allow profiling is sent nothing that was learned from what it bought.
select sent.subscriber_id
from {{ ref('sync_customer_profiles') }} as sent
inner join {{ ref('dim_customers') }} as customers
    on sent.customer_id = customers.customer_id
where
    not customers.can_profile
    and coalesce(
        sent.lifecycle_stage,
        sent.rfm_segment,
        cast(sent.order_count as varchar),
        cast(sent.net_revenue as varchar),
        cast(sent.first_order_at as varchar),
        cast(sent.last_order_at as varchar)
    ) is not null
union all
select sent.subscriber_id
from {{ ref('sync_recommendations') }} as sent
inner join {{ ref('dim_customers') }} as customers
    on sent.customer_id = customers.customer_id
inner join {{ ref('fct_recommendations') }} as lists
    on sent.customer_id = lists.customer_id
where not customers.can_profile and lists.source not in ('popular', 'pinned', 'new')
