-- Grain: one row per line of an order that counts, in the order's own currency, as of as_of.
with

refunds as (
    select
        order_line_id,
        sum(quantity) as quantity,
        sum(amount) as amount
    from {{ ref('int_refunds') }}
    where order_line_id is not null
    group by 1
),

products as (
    select
        product_id,
        unit_cost,
        currency
    from {{ ref('stg_shop__products') }}
    where coalesce(created_at < {{ as_of() }}, true)
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
)

select
    lines.order_line_id,
    lines.order_id,
    lines.product_id,
    lines.quantity,
    {{ as_money('round(' ~ wide('lines.quantity') ~ ' * lines.unit_price, 2)') }} as gross_amount,
    coalesce(lines.discount_total, 0) as discount_amount,
    {{ as_money('coalesce(refunds.amount, 0)') }} as refund_amount,
    cast(
        greatest(lines.quantity - coalesce(refunds.quantity, 0), 0) as decimal(18, 4)
    ) as kept_quantity,
    -- A cost without a currency is taken to be in the order's.
    case
        when coalesce(products.currency, orders.currency) = orders.currency
            then products.unit_cost
        else {{ converted('products.unit_cost', 'rates.rate / orders.rate') }}
    end as unit_cost
from {{ ref('stg_shop__order_lines') }} as lines
inner join {{ ref('int_orders') }} as orders
    on lines.order_id = orders.order_id
left join refunds
    on lines.order_line_id = refunds.order_line_id
left join products
    on lines.product_id = products.product_id
left join rates
    on
        products.currency = rates.currency
        and orders.ordered_at >= rates.valid_from
        and orders.ordered_at < rates.valid_to
