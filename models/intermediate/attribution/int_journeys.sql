-- Grain: one row per order that is not cancelled and touch that may have earned it; without any,
-- one of the channel direct.
with

customers as (
    select * from {{ ref('int_identifier_customers') }}
),

orders as (
    select
        orders.order_id,
        customers.customer_id,
        orders.ordered_at
    from {{ ref('int_orders') }} as orders
    left join customers
        on orders.owner_key = customers.identifier_key
    where orders.cancelled_at is null
),

touches as (
    select
        touchpoints.*,
        customers.customer_id
    from {{ ref('int_touchpoints') }} as touchpoints
    inner join customers
        on touchpoints.identifier_key = customers.identifier_key
),

matched as (
    select
        orders.order_id,
        coalesce(touches.touchpoint_id, 'direct:' || orders.order_id) as touchpoint_id,
        coalesce(touches.channel, 'direct') as channel,
        touches.campaign_id,
        coalesce(touches.is_personalized, false) as is_personalized,
        coalesce(touches.touched_at, orders.ordered_at) as touched_at,
        orders.ordered_at
    from orders
    left join touches
        on
            orders.customer_id = touches.customer_id
            and orders.ordered_at >= touches.touched_at
            and orders.ordered_at
            < touches.touched_at + interval '{{ var("attribution_lookback_days") }} days'
)

select
    order_id,
    touchpoint_id,
    channel,
    campaign_id,
    is_personalized,
    cast(row_number() over (
        partition by order_id order by touched_at, touchpoint_id
    ) as integer) as touch_number,
    cast(count(*) over (partition by order_id) as integer) as touch_count,
    touched_at,
    ordered_at
from matched
