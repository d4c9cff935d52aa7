-- Grain: one row per line of an order before as_of that is no test.
with

amounts as (
    select
        lines.order_line_id,
        lines.order_id,
        orders.owner_key,
        lines.product_id,
        orders.currency,
        orders.rate,
        orders.cancelled_at is not null as is_cancelled,
        lines.quantity,
        lines.kept_quantity,
        -- A cancelled order keeps its lines, without money.
        {% for amount in ['gross_amount', 'discount_amount', 'refund_amount'] -%}
        case when orders.cancelled_at is null then lines.{{ amount }} else 0 end as {{ amount }},
        {% endfor -%}
        case
            when orders.cancelled_at is not null then 0
            else cast(round({{ wide('lines.unit_cost') }} * lines.kept_quantity, 4) as decimal(18, 4))
        end as cost_amount
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders
        on lines.order_id = orders.order_id
)

select
    amounts.order_line_id,
    amounts.order_id,
    customers.customer_id,
    amounts.product_id,
    amounts.currency,
    amounts.quantity,
    amounts.kept_quantity,
    amounts.gross_amount as original_gross_revenue,
    amounts.gross_amount - amounts.discount_amount - amounts.refund_amount as original_net_revenue,
    amounts.gross_amount - amounts.discount_amount - amounts.refund_amount - amounts.cost_amount as original_gross_margin,
    {{ converted('amounts.gross_amount', 'amounts.rate') }} as gross_revenue,
    {{ converted('amounts.gross_amount - amounts.discount_amount - amounts.refund_amount', 'amounts.rate') }} as net_revenue,
    {{ converted(
        'amounts.gross_amount - amounts.discount_amount - amounts.refund_amount - amounts.cost_amount', 'amounts.rate'
    ) }} as gross_margin,
    amounts.is_cancelled
from amounts
left join {{ ref('int_identifier_customers') }} as customers
    on amounts.owner_key = customers.identifier_key
