-- Grain: one row per customer, list and rank at the test moment: what the rules leave of the
-- hybrid, with whatever has a fixed place at it.
with

ruled as (
    select
        ruled.*,
        customers.customer_id,
        products.product_id
    from {{ ref('ml_recommendations_ruled') }} as ruled
    inner join {{ ref('ml_customers') }} as customers
        on ruled.customer_key = customers.customer_key
    inner join {{ ref('ml_products') }} as products
        on ruled.product_key = products.product_key
    where ruled.purpose = 'test'
),

placed as (
    select * from {{ ref('ml_recommendations_placed') }}
    where purpose = 'test'
)

select
    ruled.model_version,
    ruled.customer_key,
    ruled.list_name,
    ruled.rank,
    ruled.product_key
from ruled
left join placed
    on
        placed.rank = 1
        and ruled.customer_id = placed.customer_id
        and ruled.list_name = placed.list_name
where placed.customer_id is null
union all
select
    {# One version for all of a list; a product may have its place from a rule alone. -#}
    first_rows.model_version,
    customers.customer_key,
    placed.list_name,
    placed.rank,
    products.product_key
from placed
inner join {{ ref('ml_customers') }} as customers
    on placed.customer_id = customers.customer_id
inner join {{ ref('ml_products') }} as products
    on placed.product_id = products.product_id
inner join ruled as first_rows
    on
        first_rows.rank = 1
        and customers.customer_key = first_rows.customer_key
        and placed.list_name = first_rows.list_name
