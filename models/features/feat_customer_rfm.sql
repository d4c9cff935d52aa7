-- Grain: one row per customer and moment with at least one order that was not cancelled by then.
with

moments as (
    select distinct
        customer_id,
        as_of
    from {{ ref('feat_spine') }}
),

orders as (
    select
        customers.customer_id,
        orders.order_id,
        orders.ordered_at,
        orders.cancelled_at,
        orders.net_amount,
        orders.rate,
        {{ converted('orders.net_amount', 'orders.rate') }} as revenue
    from {{ ref('int_orders') }} as orders
    inner join {{ ref('int_identifier_customers') }} as customers
        on orders.owner_key = customers.identifier_key
),

kept_orders as (
    select
        moments.customer_id,
        moments.as_of,
        orders.order_id,
        orders.ordered_at,
        orders.net_amount,
        orders.rate,
        orders.revenue
    from moments
    inner join orders
        on
            moments.customer_id = orders.customer_id
            and moments.as_of > orders.ordered_at
            and (orders.cancelled_at is null or moments.as_of <= orders.cancelled_at)
),

refunded as (
    select
        kept_orders.order_id,
        kept_orders.as_of,
        sum(refunds.amount) as amount
    from kept_orders
    inner join {{ ref('int_refunds') }} as refunds
        on
            kept_orders.order_id = refunds.order_id
            and kept_orders.as_of > refunds.refunded_at
    group by 1, 2
),

-- Converted once an order, as fct_orders does it.
netted as (
    select
        kept_orders.customer_id,
        kept_orders.as_of,
        kept_orders.ordered_at,
        case
            when refunded.amount is null then kept_orders.revenue
            else {{ converted('kept_orders.net_amount - refunded.amount', 'kept_orders.rate') }}
        end as net_revenue
    from kept_orders
    left join refunded
        on
            kept_orders.order_id = refunded.order_id
            and kept_orders.as_of = refunded.as_of
),

measured as (
    select
        customer_id,
        as_of,
        {{ days_between('max(ordered_at)', 'as_of') }} as recency_days,
        {{ days_between('min(ordered_at)', 'as_of') }} as tenure_days,
        cast(count(*) as integer) as frequency,
        {{ as_money('sum(net_revenue)') }} as monetary
    from netted
    group by customer_id, as_of
),

scored as (
    select
        *,
        {{ rfm_score('recency_days desc') }} as r_score,
        {{ rfm_score('frequency') }} as f_score,
        {{ rfm_score('monetary nulls first') }} as m_score
    from measured
)

select
    scored.*,
    segments.segment as rfm_segment
from scored
inner join {{ ref('rfm_segments') }} as segments
    on
        scored.r_score = segments.r_score
        and scored.f_score = segments.f_score
