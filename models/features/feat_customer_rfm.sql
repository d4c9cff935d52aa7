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
        {{ converted('orders.net_amount', 'orders.rate') }} as net_amount
    from {{ ref('int_orders') }} as orders
    inner join {{ ref('int_identifier_customers') }} as customers
        on orders.owner_key = customers.identifier_key
),

refunds as (
    select
        refunds.order_id,
        refunds.refunded_at,
        {{ converted('refunds.amount', 'orders.rate') }} as amount
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('int_orders') }} as orders
        on refunds.order_id = orders.order_id
),

kept_orders as (
    select
        moments.customer_id,
        moments.as_of,
        orders.order_id,
        orders.ordered_at,
        orders.net_amount
    from moments
    inner join orders
        on
            moments.customer_id = orders.customer_id
            and moments.as_of > orders.ordered_at
            and (orders.cancelled_at is null or moments.as_of <= orders.cancelled_at)
),

refunded as (
    select
        kept_orders.customer_id,
        kept_orders.as_of,
        sum(refunds.amount) as amount
    from kept_orders
    inner join refunds
        on
            kept_orders.order_id = refunds.order_id
            and kept_orders.as_of > refunds.refunded_at
    group by 1, 2
),

summed as (
    select
        customer_id,
        as_of,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at,
        count(*) as frequency,
        sum(net_amount) as net_amount
    from kept_orders
    group by 1, 2
),

measured as (
    select
        summed.customer_id,
        summed.as_of,
        {{ days_between('summed.last_order_at', 'summed.as_of') }} as recency_days,
        {{ days_between('summed.first_order_at', 'summed.as_of') }} as tenure_days,
        cast(summed.frequency as integer) as frequency,
        cast(summed.net_amount - coalesce(refunded.amount, 0) as decimal(18, 4)) as monetary
    from summed
    left join refunded
        on
            summed.customer_id = refunded.customer_id
            and summed.as_of = refunded.as_of
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
