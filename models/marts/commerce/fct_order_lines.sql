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
            else {{ converted('lines.unit_cost', 'lines.kept_quantity') }}
        end as cost_amount
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders
        on lines.order_id = orders.order_id
),

netted as (
    select
        *,
        gross_amount - discount_amount - refund_amount as net_amount
    from amounts
)

select
    netted.order_line_id,
    netted.order_id,
    customers.customer_id,
    netted.product_id,
    netted.currency,
    netted.quantity,
    netted.kept_quantity,
    netted.gross_amount as original_gross_revenue,
    netted.net_amount as original_net_revenue,
    netted.net_amount - netted.cost_amount as original_gross_margin,
    {{ converted('netted.gross_amount', 'netted.rate') }} as gross_revenue,
    {{ converted('netted.net_amount', 'netted.rate') }} as net_revenue,
    {{ converted('netted.net_amount - netted.cost_amount', 'netted.rate') }} as gross_margin,
    netted.is_cancelled
from netted
left join {{ ref('int_identifier_customers') }} as customers
    on netted.owner_key = customers.identifier_key
