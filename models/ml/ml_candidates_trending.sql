-- Grain: one row per purpose, customer and product not ordered before that moment that is on the
-- rise among customers of the same RFM segment; the score is its buyers among them times its trend.
{% set depth = var('candidate_count') -%}
with

segments as (
    select
        moments.purpose,
        moments.customer_key,
        rfm.rfm_segment
    from {{ ref('ml_moments') }} as moments
    inner join {{ ref('ml_customers') }} as customers
        on moments.customer_key = customers.customer_key
    inner join {{ ref('feat_customer_rfm') }} as rfm
        on
            customers.customer_id = rfm.customer_id
            and moments.as_of = rfm.as_of
),

counted as (
    select
        pairs.purpose,
        segments.rfm_segment,
        pairs.product_key,
        count(*) as buyer_count
    from {{ ref('ml_customer_products') }} as pairs
    inner join segments
        on
            pairs.purpose = segments.purpose
            and pairs.customer_key = segments.customer_key
    where pairs.last_days_ago <= 30
    group by 1, 2, 3
),

bestsellers as (
    select
        counted.purpose,
        counted.rfm_segment,
        counted.product_key,
        counted.buyer_count * activity.trend as score
    from counted
    inner join {{ ref('ml_product_activity') }} as activity
        on
            counted.purpose = activity.purpose
            and counted.product_key = activity.product_key
    inner join {{ ref('ml_candidate_products') }} as candidates
        on
            counted.purpose = candidates.purpose
            and counted.product_key = candidates.product_key
    qualify row_number() over (
        partition by counted.purpose, counted.rfm_segment
        order by counted.buyer_count * activity.trend desc, counted.product_key asc
    ) <= {{ 2 * depth }}
),

scored as (
    select
        segments.purpose,
        segments.customer_key,
        bestsellers.product_key,
        bestsellers.score
    from segments
    inner join bestsellers
        on
            segments.purpose = bestsellers.purpose
            and segments.rfm_segment = bestsellers.rfm_segment
    left join {{ ref('ml_customer_products') }} as pairs
        on
            segments.purpose = pairs.purpose
            and segments.customer_key = pairs.customer_key
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
) <= {{ depth }}
