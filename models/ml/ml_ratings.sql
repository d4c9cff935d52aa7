-- Grain: one row per purpose, customer who had rated anything by then, and product that they had
-- rated or ordered; stars are the mean of its ratings, 0 where there is none.
with

rated as (
    select
        moments.purpose,
        moments.customer_key,
        products.product_key,
        -- The sum is of whole stars, so that its order changes nothing.
        cast(sum(reviews.rating) as double) / count(*) as stars
    from {{ ref('ml_moments') }} as moments
    inner join {{ ref('ml_customers') }} as customers
        on moments.customer_key = customers.customer_key
    inner join {{ ref('int_identifier_customers') }} as identifiers
        on customers.customer_id = identifiers.customer_id
    inner join {{ ref('int_ratings') }} as reviews
        on
            identifiers.identifier_key = reviews.identifier_key
            and moments.as_of > reviews.reviewed_at
    inner join {{ ref('ml_products') }} as products
        on reviews.product_id = products.product_id
    group by 1, 2, 3
),

raters as (
    select distinct
        purpose,
        customer_key
    from rated
),

ordered as (
    select
        pairs.purpose,
        pairs.customer_key,
        pairs.product_key
    from {{ ref('ml_customer_products') }} as pairs
    inner join raters
        on
            pairs.purpose = raters.purpose
            and pairs.customer_key = raters.customer_key
    where pairs.was_ordered
),

pairs as (
    select
        purpose,
        customer_key,
        product_key
    from rated
    union
    select
        purpose,
        customer_key,
        product_key
    from ordered
)

select
    pairs.purpose,
    pairs.customer_key,
    pairs.product_key,
    coalesce(rated.stars, 0) as stars,
    ordered.product_key is not null as was_ordered
from pairs
left join rated
    on
        pairs.purpose = rated.purpose
        and pairs.customer_key = rated.customer_key
        and pairs.product_key = rated.product_key
left join ordered
    on
        pairs.purpose = ordered.purpose
        and pairs.customer_key = ordered.customer_key
        and pairs.product_key = ordered.product_key
