-- Grain: one row per purpose, customer and product of the most popular that they had not ordered
-- before that moment; the score is the number of customers who bought it lately.
{% set depth = var('candidate_count') -%}
with

bestsellers as (
    select *
    from {{ ref('ml_candidate_products') }}
    where popularity_rank <= {{ 2 * depth }}
),

customers as (
    select distinct
        purpose,
        customer_key
    from {{ ref('ml_customer_products') }}
),

offered as (
    select
        customers.purpose,
        customers.customer_key,
        bestsellers.product_key,
        bestsellers.customer_count,
        bestsellers.popularity_rank
    from customers
    inner join bestsellers
        on customers.purpose = bestsellers.purpose
    left join {{ ref('ml_customer_products') }} as pairs
        on
            customers.purpose = pairs.purpose
            and customers.customer_key = pairs.customer_key
            and bestsellers.product_key = pairs.product_key
            and pairs.was_ordered
    where pairs.product_key is null
)

select
    purpose,
    customer_key,
    product_key,
    cast(customer_count as double) as score
from offered
qualify row_number() over (
    partition by purpose, customer_key order by popularity_rank
) <= {{ depth }}
