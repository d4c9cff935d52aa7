-- Grain: one row per order that was not cancelled and product in it, of customers who may be
-- learned from. A basket and a customer are numbers here.
with

owners as (
    select
        customers.identifier_key,
        spine.customer_id
    from {{ ref('feat_spine') }} as spine
    inner join {{ ref('int_identifier_customers') }} as customers
        on spine.customer_id = customers.customer_id
    where spine.purpose = 'score'
),

baskets as (
    select
        orders.order_id,
        row_number() over (order by orders.order_id) - 1 as basket_number,
        dense_rank() over (order by owners.customer_id) - 1 as customer_number
    from {{ ref('int_orders') }} as orders
    inner join owners
        on orders.owner_key = owners.identifier_key
    where orders.cancelled_at is null
)

select distinct
    baskets.basket_number,
    baskets.customer_number,
    lines.product_id
from {{ ref('int_order_lines') }} as lines
inner join baskets
    on lines.order_id = baskets.order_id
-- Goods that were given away, or never handed over, were not chosen.
where lines.quantity > 0 and lines.gross_amount > lines.discount_amount
