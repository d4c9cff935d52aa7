-- Grain: one row per order of int_orders with what it came to, in its own currency.
with

refunds as (
    select
        order_id,
        sum(amount) as refund_amount
    from {{ ref('int_refunds') }}
    group by 1
),

lines as (
    select
        order_id,
        count(*) as line_count,
        -- One unknown cost leaves the whole order's unknown.
        case
            when count(unit_cost) = count(*) then sum({{ wide('unit_cost') }} * kept_quantity)
        end as cost_amount
    from {{ ref('int_order_lines') }}
    group by 1
)

select
    orders.order_id,
    orders.owner_key,
    orders.currency,
    orders.rate,
    orders.ordered_at,
    orders.cancelled_at,
    orders.cancelled_at is not null as is_cancelled,
    -- A cancelled order stays, with what it would have brought apart from all other money.
    case
        when orders.cancelled_at is not null then orders.net_amount else 0
    end as cancelled_amount,
    {% for amount, value in [
        ('net_amount', 'orders.net_amount'),
        ('discount_amount', 'orders.discount_amount'),
        ('tax_amount', 'orders.tax_amount'),
        ('shipping_amount', 'orders.shipping_amount'),
        ('refund_amount', 'coalesce(refunds.refund_amount, 0)'),
        ('cost_amount', 'lines.cost_amount'),
    ] -%}
    case when orders.cancelled_at is null then {{ value }} else 0 end as {{ amount }},
    {% endfor -%}
    coalesce(lines.line_count, 0) as line_count
from {{ ref('int_orders') }} as orders
left join refunds
    on orders.order_id = refunds.order_id
left join lines
    on orders.order_id = lines.order_id
