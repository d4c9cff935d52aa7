-- Every customer with an order is in one cohort, every order of one in one month.
with

cohorts as (
    select
        sum(case when months_since = 0 then customers else 0 end) as customers,
        sum(orders) as orders,
        sum(revenue) as revenue
    from {{ ref('rpt_cohort_retention') }}
),

placed as (
    select
        count(distinct customer_id) as customers,
        count(*) as orders,
        sum(net_revenue) as revenue
    from {{ ref('fct_orders') }}
    where customer_id is not null and not is_cancelled
)

select
    cohorts.customers,
    placed.customers as customers_with_orders
from cohorts
cross join placed
where
    coalesce(cohorts.customers, 0) != placed.customers
    or coalesce(cohorts.orders, 0) != placed.orders
    or coalesce(cohorts.revenue, 0) != coalesce(placed.revenue, 0)
