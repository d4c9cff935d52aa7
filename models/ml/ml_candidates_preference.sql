-- Grain: one row per purpose, customer and product not ordered before that moment of a category,
-- brand or tag that they said they like; the score is 1 by its rank of popularity among all.
with

stated as (
    select
        moments.purpose,
        moments.customer_key,
        preferences.preference_type,
        lower(preferences.preference_value) as preference_value
    from {{ ref('ml_moments') }} as moments
    inner join {{ ref('ml_customers') }} as customers
        on moments.customer_key = customers.customer_key
    inner join {{ ref('feat_customer_preferences') }} as preferences
        on
            customers.customer_id = preferences.customer_id
            and moments.as_of = preferences.as_of
    where preferences.preference_type in ('category', 'brand', 'tag')
),

-- A category is liked with all that lies below it.
described as (
    select
        candidates.purpose,
        candidates.product_key,
        candidates.popularity_rank,
        words.preference_type,
        words.preference_value
    from {{ ref('ml_candidate_products') }} as candidates
    inner join {{ ref('int_product_words') }} as words
        on candidates.product_id = words.product_id
),

bestsellers as (
    select *
    from described
    qualify row_number() over (
        partition by purpose, preference_type, preference_value order by popularity_rank
    ) <= {{ 2 * var('candidate_count') }}
),

scored as (
    select distinct
        stated.purpose,
        stated.customer_key,
        bestsellers.product_key,
        bestsellers.popularity_rank
    from stated
    inner join bestsellers
        on
            stated.purpose = bestsellers.purpose
            and stated.preference_type = bestsellers.preference_type
            and stated.preference_value = bestsellers.preference_value
    left join {{ ref('ml_customer_products') }} as pairs
        on
            stated.purpose = pairs.purpose
            and stated.customer_key = pairs.customer_key
            and bestsellers.product_key = pairs.product_key
            and pairs.was_ordered
    where pairs.product_key is null
)

select
    purpose,
    customer_key,
    product_key,
    1.0 / popularity_rank as score
from scored
qualify row_number() over (
    partition by purpose, customer_key order by popularity_rank
) <= {{ var('candidate_count') }}
