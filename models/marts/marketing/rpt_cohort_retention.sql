-- Grain: one row per month of first orders and month since, up to as_of: how many of those
-- customers ordered in it, and for how much.
with

orders as (
    select
        customer_id,
        date_trunc('month', ordered_at) as order_month,
        net_revenue
    from {{ ref('fct_orders') }}
    where customer_id is not null and not is_cancelled
),

firsts as (
    select
        customer_id,
        min(order_month) as cohort_month
    from orders
    group by 1
),

sizes as (
    select
        cohort_month,
        count(*) as customers
    from firsts
    group by 1
),

months as (
    select distinct cast(month_start as timestamp) as month_start
    from {{ ref('dim_dates') }}
),

active as (
    select
        firsts.cohort_month,
        orders.order_month,
        count(distinct orders.customer_id) as active_customers,
        count(*) as orders,
        sum(orders.net_revenue) as revenue
    from orders
    inner join firsts
        on orders.customer_id = firsts.customer_id
    group by 1, 2
)

select
    cast(sizes.cohort_month as date) as cohort_month,
    -- No month is missing among the days, so that counting them is enough.
    cast(row_number() over (
        partition by sizes.cohort_month
        order by months.month_start
    ) - 1 as integer) as months_since,
    months.month_start + interval '1 month' <= {{ as_of() }} as is_over,
    sizes.customers,
    coalesce(active.active_customers, 0) as active_customers,
    coalesce(active.orders, 0) as orders,
    {{ as_money('coalesce(active.revenue, 0)') }} as revenue,
    {{ ratio('coalesce(active.active_customers, 0)', 'sizes.customers') }} as retention_rate,
    {{ ratio('coalesce(active.revenue, 0)', 'sizes.customers') }} as revenue_per_customer
from sizes
inner join months
    on sizes.cohort_month <= months.month_start
left join active
    on
        sizes.cohort_month = active.cohort_month
        and months.month_start = active.order_month
