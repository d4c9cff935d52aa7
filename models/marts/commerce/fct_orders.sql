-- Grain: one row per order before as_of that is no test; the header is the authority for its money.
select
    amounts.order_id,
    customers.customer_id,
    amounts.currency,
    {% for name, amount in [
        ('gross_revenue', 'amounts.net_amount + amounts.discount_amount'),
        ('discounts', 'amounts.discount_amount'),
        ('refunds', 'amounts.refund_amount'),
        ('net_revenue', 'amounts.net_amount - amounts.refund_amount'),
        ('gross_margin', 'amounts.net_amount - amounts.refund_amount - amounts.cost_amount'),
        ('tax', 'amounts.tax_amount'),
        ('shipping', 'amounts.shipping_amount'),
        ('cancelled_revenue', 'amounts.cancelled_amount'),
    ] -%}
    {{ as_money(amount) }} as original_{{ name }},
    {{ converted(amount, 'amounts.rate') }} as {{ name }},
    {% endfor -%}
    cast(amounts.line_count as integer) as line_count,
    amounts.is_cancelled,
    amounts.ordered_at,
    amounts.cancelled_at
from {{ ref('int_order_amounts') }} as amounts
left join {{ ref('int_identifier_customers') }} as customers
    on amounts.owner_key = customers.identifier_key
