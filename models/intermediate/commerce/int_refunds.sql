-- Grain: one row per refund before as_of of an order that counts, in the order's own currency.
select
    refunds.refund_id,
    refunds.order_id,
    lines.order_line_id,
    coalesce(refunds.quantity, 0) as quantity,
    refunds.amount,
    refunds.refunded_at
from {{ ref('stg_shop__refunds') }} as refunds
inner join {{ ref('int_orders') }} as orders
    on refunds.order_id = orders.order_id
left join {{ ref('stg_shop__order_lines') }} as lines
    on
        refunds.order_line_id = lines.order_line_id
        and refunds.order_id = lines.order_id
where refunds.refunded_at < {{ as_of() }}
