-- Grain: one row per customer and moment with at least one order that was not cancelled by then.
with

held as (
    {{ spine_identifiers() }}
),

moments as (
    {{ moments_of('held') }}
),

lines as (
    select
        order_id,
        sum(quantity) as quantity
    from {{ ref('int_order_lines') }}
    group by 1
),

orders as (
    select
        held.customer_key,
        orders.ordered_at,
        orders.cancelled_at,
        lines.quantity,
        {{ converted('orders.net_amount + orders.discount_amount', 'orders.rate') }} as gross,
        {{ converted('orders.discount_amount', 'orders.rate') }} as discounts,
        {{ converted('orders.net_amount', 'orders.rate') }} as net
    from {{ ref('int_orders') }} as orders
    inner join held
        on orders.owner_key = held.identifier_key
    left join lines
        on orders.order_id = lines.order_id
),

totals as (
    select
        moments.customer_id,
        moments.as_of,
        count(*) as order_count,
        sum(orders.gross) as gross,
        sum(orders.discounts) as discounts,
        sum(orders.net) as net,
        count(orders.net) as priced_order_count,
        sum(coalesce(orders.quantity, 0)) as quantity,
        sum(case when orders.discounts > 0 then 1 else 0 end) as discounted_order_count
    from moments
    inner join orders
        on
            moments.customer_key = orders.customer_key
            and moments.as_of > orders.ordered_at
            and (orders.cancelled_at is null or moments.as_of <= orders.cancelled_at)
    group by 1, 2
)

select
    customer_id,
    as_of,
    cast(order_count as integer) as order_count,
    -- Of orders whose currency has a rate.
    {{ ratio('net', 'priced_order_count') }} as average_order_value,
    cast(cast(quantity as double) / order_count as double) as average_order_quantity,
    case
        when gross > 0 then cast(discounts as double) / cast(gross as double)
    end as discount_share,
    cast(cast(discounted_order_count as double) / order_count as double) as discounted_order_share
from totals
