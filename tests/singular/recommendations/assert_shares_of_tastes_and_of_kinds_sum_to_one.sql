-- At the score, the tastes of a customer are shares of one whole in each dimension, and products of
-- a kind share its buyers among them. Where nothing is left to share, there are no shares.
select
    'taste of customer ' || customer_key || ' by ' || dimension as whole,
    sum(taste_share) as total
from {{ ref('ml_customer_tastes') }}
where purpose = 'score'
group by customer_key, dimension
having abs(sum(taste_share) - 1) > 0.000001
union all
select
    'kind ' || products.kind_key as whole,
    sum(activity.kind_share) as total
from {{ ref('ml_product_activity') }} as activity
inner join {{ ref('ml_products') }} as products
    on activity.product_key = products.product_key
where activity.purpose = 'score'
group by products.kind_key
having abs(sum(activity.kind_share) - 1) > 0.000001
