-- Grain: one row per customer, product and day on which they had to do with each other.
with

interactions as (
    select
        customers.customer_id,
        facts.product_id,
        facts.interaction_date,
        case facts.kind when 'purchase' then facts.interaction_count else 0 end as purchase_count,
        case
            when facts.kind = 'cancelled_purchase' then facts.interaction_count else 0
        end as cancelled_count,
        case facts.kind when 'purchase' then facts.quantity end as quantity,
        case facts.kind when 'purchase' then facts.paid_amount end as paid_amount,
        {{ taste_weight('facts') }} as weight,
        0 as order_count
    from {{ ref('int_interactions') }} as facts
    inner join {{ ref('int_identifier_customers') }} as customers
        on facts.identifier_key = customers.identifier_key
    union all
    -- Free or cancelled goods too are no discovery.
    select
        customer_id,
        product_id,
        cast(first_ordered_at as date) as interaction_date,
        0 as purchase_count,
        0 as cancelled_count,
        cast(null as decimal(18, 4)) as quantity,
        cast(null as decimal(18, 4)) as paid_amount,
        0 as weight,
        1 as order_count
    from {{ ref('int_bought_products') }}
)

select
    customers.customer_key,
    products.product_key,
    interactions.interaction_date,
    cast(sum(interactions.purchase_count) as integer) as purchase_count,
    cast(sum(interactions.cancelled_count) as integer) as cancelled_count,
    cast(sum(interactions.quantity) as decimal(18, 4)) as quantity,
    cast(sum(interactions.paid_amount) as decimal(18, 4)) as paid_amount,
    cast(sum(cast(interactions.weight as decimal(18, 6))) as decimal(18, 6)) as weight,
    sum(interactions.order_count) > 0 as is_first_order
from interactions
inner join {{ ref('ml_customers') }} as customers
    on interactions.customer_id = customers.customer_id
inner join {{ ref('ml_products') }} as products
    on interactions.product_id = products.product_id
group by 1, 2, 3
