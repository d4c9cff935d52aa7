{% set longest = [48, var('conversion_hours')] | max -%}

-- Grain: one row per send and order of its customer that is not cancelled and came within 48 hours
-- or the conversion window, whichever is longer.
with

sends as (
    select
        sends.send_id,
        customers.customer_id,
        sends.sent_at
    from {{ ref('int_sends') }} as sends
    inner join {{ ref('int_identifier_customers') }} as customers
        on sends.identifier_key = customers.identifier_key
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
    sends.send_id,
    orders.order_id,
    sends.sent_at,
    orders.ordered_at
from sends
inner join orders
    on
        sends.customer_id = orders.customer_id
        and sends.sent_at <= orders.ordered_at
        and sends.sent_at > orders.ordered_at - interval '{{ longest }} hours'
