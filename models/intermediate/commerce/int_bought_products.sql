-- Grain: one row per customer and product with when it was first ordered, whatever became of the
-- order.
select
    customers.customer_id,
    lines.product_id,
    min(orders.ordered_at) as first_ordered_at
from {{ ref('int_order_lines') }} as lines
inner join {{ ref('int_orders') }} as orders
    on lines.order_id = orders.order_id
inner join {{ ref('int_identifier_customers') }} as customers
    on orders.owner_key = customers.identifier_key
group by 1, 2
