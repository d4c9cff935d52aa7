-- Grain: one row per message of another channel and order of its customer that is not cancelled and
-- came within the conversion window.
with

sends as (
    select
        sends.event_id,
        sends.channel,
        customers.customer_id,
        sends.sent_at
    from {{ ref('int_channel_sends') }} as sends
    inner join {{ ref('int_identifier_customers') }} as customers
        on sends.owner_key = customers.identifier_key
),

orders as (
    select
        orders.order_id,
        customers.customer_id,
        orders.ordered_at
    from {{ ref('int_orders') }} as orders
    inner join {{ ref('int_identifier_customers') }} as customers
        on orders.owner_key = customers.identifier_key
    where orders.cancelled_at is null
)

select
    sends.event_id,
    orders.order_id,
    sends.channel,
    sends.sent_at,
    orders.ordered_at
from sends
inner join orders
    on
        sends.customer_id = orders.customer_id
        and sends.sent_at <= orders.ordered_at
        and sends.sent_at > orders.ordered_at - interval '{{ var("conversion_hours") }} hours'
