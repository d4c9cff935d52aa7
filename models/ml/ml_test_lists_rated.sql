-- Grain: one row per customer, list and rank at the test moment, by predicted stars: to be judged.
with

candidates as (
    select
        candidates.*,
        coalesce(pairs.was_ordered, false) as was_ordered
    from {{ ref('ml_candidates_ratings') }} as candidates
    left join {{ ref('ml_customer_products') }} as pairs
        on
            candidates.purpose = pairs.purpose
            and candidates.customer_key = pairs.customer_key
            and candidates.product_key = pairs.product_key
    where candidates.purpose = 'test'
),

listed as (
    select
        'for_you' as list_name,
        candidates.*
    from candidates
    union all
    select
        'discover' as list_name,
        candidates.*
    from candidates
    where not candidates.was_ordered
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_key, list_name
            order by score desc, product_key asc
        ) as rank
    from listed
)

select
    customer_key,
    list_name,
    cast(rank as integer) as rank,
    product_key,
    model_version
from ranked
where rank <= {{ var('list_length') }}
