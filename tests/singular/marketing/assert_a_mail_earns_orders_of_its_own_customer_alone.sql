-- A credited order is of one message, not cancelled, of the customer that the mail went to, and not
-- from before the mail.
select orders.order_id
from {{ ref('fct_send_orders') }} as orders
left join {{ ref('fct_orders') }} as placed
    on orders.order_id = placed.order_id
left join {{ ref('fct_sends') }} as sends
    on orders.send_id = sends.send_id
where
    placed.is_cancelled is distinct from false
    or (orders.send_id is null) = (orders.event_id is null)
    or (orders.send_id is not null and sends.customer_id is distinct from orders.customer_id)
    or placed.customer_id is distinct from orders.customer_id
    or orders.ordered_at < sends.sent_at
