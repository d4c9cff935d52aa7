-- Grain: one row per purpose, customer and product that they bought (repeat) or only looked at
-- (interest) before that moment and that may be listed; the score is decayed taste.
with

ranked as (
    select
        pairs.purpose,
        pairs.customer_key,
        pairs.product_key,
        case when pairs.purchase_days > 0 then 'repeat' else 'interest' end as model_name,
        pairs.was_ordered,
        pairs.taste_120 as score,
        row_number() over (
            partition by pairs.purpose, pairs.customer_key, pairs.purchase_days > 0
            order by pairs.taste_120 desc, pairs.product_key asc
        ) as place
    from {{ ref('ml_customer_products') }} as pairs
    inner join {{ ref('ml_candidate_products') }} as products
        on
            pairs.purpose = products.purpose
            and pairs.product_key = products.product_key
    where pairs.taste_120 > 0
)

select
    purpose,
    customer_key,
    product_key,
    model_name,
    was_ordered,
    score
from ranked
where place <= {{ 2 * var('candidate_count') }}
