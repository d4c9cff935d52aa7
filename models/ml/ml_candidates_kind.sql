-- Grain: one row per purpose, customer and product not ordered before that moment that sells well
-- among its kind, which they buy; the score is their share of taste times its share of buyers.
-- So many kinds of a customer, the dearest to them, and so many products of each, meet.
{% set kinds, products_of_kind = 20, 10 -%}
with

products as (
    select
        activity.purpose,
        activity.product_key,
        activity.kind_share,
        products.kind_key
    from {{ ref('ml_product_activity') }} as activity
    inner join {{ ref('ml_products') }} as products
        on activity.product_key = products.product_key
    inner join {{ ref('ml_candidate_products') }} as candidates
        on
            activity.purpose = candidates.purpose
            and activity.product_key = candidates.product_key
    where activity.kind_share > 0
),

bestsellers as (
    select *
    from products
    qualify row_number() over (
        partition by purpose, kind_key order by kind_share desc, product_key asc
    ) <= {{ products_of_kind }}
),

tastes as (
    select *
    from {{ ref('ml_customer_tastes') }}
    where dimension = 'kind'
    qualify row_number() over (
        partition by purpose, customer_key order by taste_share desc, value_key asc
    ) <= {{ kinds }}
),

scored as (
    select
        tastes.purpose,
        tastes.customer_key,
        bestsellers.product_key,
        tastes.taste_share * bestsellers.kind_share as score
    from tastes
    inner join bestsellers
        on
            tastes.purpose = bestsellers.purpose
            and tastes.value_key = bestsellers.kind_key
    left join {{ ref('ml_customer_products') }} as pairs
        on
            tastes.purpose = pairs.purpose
            and tastes.customer_key = pairs.customer_key
            and bestsellers.product_key = pairs.product_key
            and pairs.was_ordered
    where pairs.product_key is null
)

select
    purpose,
    customer_key,
    product_key,
    score
from scored
qualify row_number() over (
    partition by purpose, customer_key order by score desc, product_key asc
) <= {{ var('candidate_count') }}
