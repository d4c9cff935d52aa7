-- One customer beside what it bought: do its lists make sense to a person?
with

shown as (
    select
        customer_id,
        list_name,
        rank,
        product_id,
        source,
        reason
    from {{ ref('fct_recommendations') }}
),

bought as (
    select
        customer_id,
        product_id,
        sum(quantity) as quantity
    from {{ ref('fct_order_lines') }}
    group by 1, 2
),

example as (
    select min(customer_id) as customer_id
    from shown
    where source = 'collaborative'
)

select
    shown.customer_id,
    shown.list_name,
    shown.rank,
    products.title,
    products.category,
    products.price,
    bought.quantity as bought_before,
    shown.source,
    shown.reason
from shown
inner join example
    on shown.customer_id = example.customer_id
inner join {{ ref('dim_products') }} as products
    on shown.product_id = products.product_id
left join bought
    on
        shown.customer_id = bought.customer_id
        and shown.product_id = bought.product_id
order by shown.list_name desc, shown.rank asc
