-- Grain: one row per path of channels, with how many journeys along it ended with an order and how
-- many without.
with

customers as (
    select * from {{ ref('int_identifier_customers') }}
),

buyers as (
    select distinct customers.customer_id
    from {{ ref('int_orders') }} as orders
    inner join customers
        on orders.owner_key = customers.identifier_key
    where orders.cancelled_at is null
),

others as (
    select * from customers
    where customer_id not in (select buyers.customer_id from buyers)
),

touches as (
    select
        others.customer_id,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.touched_at
    from {{ ref('int_touchpoints') }} as touchpoints
    inner join others
        on touchpoints.identifier_key = others.identifier_key
),

last_touches as (
    select
        customer_id,
        max(touched_at) as last_touched_at
    from touches
    group by 1
),

-- Whoever never ordered made one journey, as long as one to an order may be, that ended with the
-- last touch: as in Google's fractribution.
null_paths as (
    select
        {{ list_in_order('touches.channel', 'touches.touched_at, touches.touchpoint_id') }} as path
    from touches
    inner join last_touches
        on
            touches.customer_id = last_touches.customer_id
            and touches.touched_at
            > last_touches.last_touched_at - interval '{{ var("attribution_lookback_days") }} days'
    group by touches.customer_id
),

order_paths as (
    select {{ list_in_order('channel', 'touch_number') }} as path
    from {{ ref('int_journeys') }}
    group by order_id
),

paths as (
    select
        path,
        1 as conversion_count,
        0 as null_count
    from order_paths
    union all
    select
        path,
        0,
        1
    from null_paths
)

select
    path,
    cast(sum(conversion_count) as bigint) as conversion_count,
    cast(sum(null_count) as bigint) as null_count
from paths
group by 1
