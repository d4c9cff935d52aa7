-- Grain: one row per customer and product rated in the label window after the test moment; stars
-- are the mean of its ratings.
select
    cutoffs.as_of,
    customers.customer_key,
    products.product_key,
    cast(sum(reviews.rating) as double) / count(*) as stars
from {{ ref('feat_cutoffs') }} as cutoffs
inner join {{ ref('int_ratings') }} as reviews
    on
        cutoffs.as_of <= reviews.reviewed_at
        and reviews.reviewed_at < cutoffs.as_of + interval '1 day' * cutoffs.horizon_days
inner join {{ ref('int_identifier_customers') }} as identifiers
    on reviews.identifier_key = identifiers.identifier_key
inner join {{ ref('ml_customers') }} as customers
    on identifiers.customer_id = customers.customer_id
inner join {{ ref('ml_products') }} as products
    on reviews.product_id = products.product_id
where cutoffs.purpose = 'test'
group by 1, 2, 3
