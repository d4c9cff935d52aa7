-- Every order that is not cancelled is shared whole by every method, and its revenue with it.
with

methods as (
    {% for method in attribution_methods() -%}
    select '{{ method }}' as method
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

orders as (
    select
        orders.order_id,
        orders.net_revenue,
        methods.method
    from {{ ref('fct_orders') }} as orders
    cross join methods
    where not orders.is_cancelled
),

credits as (
    select
        order_id,
        method,
        sum(credit) as credit,
        sum(attributed_revenue) as attributed_revenue,
        min(credit) as least_credit
    from {{ ref('fct_attribution_credits') }}
    group by 1, 2
)

select *
from orders
full outer join credits
    on orders.order_id = credits.order_id and orders.method = credits.method
where
    orders.order_id is null
    or credits.order_id is null
    or credits.credit != 1
    or credits.least_credit < 0
    or credits.attributed_revenue is distinct from orders.net_revenue
