-- Grain: one row per purpose, customer, list and rank: the most popular products, for discover
-- without what the customer ever bought. At the test moment for everyone, as the baseline; for the
-- score only where the hybrid list is short, as the fallback.
{% set list_length = var('list_length') -%}
with

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

full_lists as (
    select
        customers.customer_id,
        hybrid.list_name
    from {{ ref('ml_recommendations_hybrid') }} as hybrid
    inner join {{ ref('ml_customers') }} as customers
        on hybrid.customer_key = customers.customer_key
    where hybrid.purpose = 'score' and hybrid.rank = {{ list_length }}
),

wanted as (
    select
        spine.purpose,
        spine.as_of,
        spine.customer_id,
        lists.list_name
    from {{ ref('feat_spine') }} as spine
    cross join lists
    where spine.purpose = 'test'
    union all
    select
        'score' as purpose,
        {{ as_of() }} as as_of,
        customers.customer_id,
        lists.list_name
    from {{ ref('int_customers') }} as customers
    cross join lists
    left join full_lists
        on
            customers.customer_id = full_lists.customer_id
            and lists.list_name = full_lists.list_name
    where customers.is_known and full_lists.customer_id is null
),

-- Each product that was bought moves up those behind it, from the place that it would have had: the
-- number is how many were bought up to there.
moves as (
    select
        wanted.*,
        candidates.popularity_rank,
        row_number() over (
            partition by wanted.purpose, wanted.customer_id
            order by candidates.popularity_rank
        ) as steps
    from wanted
    inner join {{ ref('int_bought_products') }} as bought
        on
            wanted.customer_id = bought.customer_id
            and wanted.as_of > bought.first_ordered_at
    inner join {{ ref('ml_candidate_products') }} as candidates
        on
            wanted.purpose = candidates.purpose
            and bought.product_id = candidates.product_id
    where wanted.list_name = 'discover'
),

starts as (
    select
        *,
        1 as place,
        0 as steps
    from wanted
    union all
    select
        purpose,
        as_of,
        customer_id,
        list_name,
        popularity_rank - steps + 1 as place,
        steps
    from moves
    where popularity_rank - steps + 1 <= {{ list_length }}
),

-- Places of a list whose products stand equally far behind in the order of all.
stretches as (
    select
        *,
        lead(place) over (
            partition by purpose, customer_id, list_name
            order by steps
        ) as next_place
    from starts
)

-- Few lists differ from the first products of all: no list is sorted.
select
    stretches.purpose,
    stretches.as_of,
    stretches.customer_id,
    stretches.list_name,
    cast(places.popularity_rank as integer) as rank,
    candidates.product_id,
    cast(candidates.customer_count as double) as score,
    'popular-{{ var("popularity_days") }}d' as model_version
from stretches
inner join {{ ref('ml_candidate_products') }} as places
    on
        stretches.purpose = places.purpose
        and places.popularity_rank <= {{ list_length }}
        and stretches.place <= places.popularity_rank
        and (stretches.next_place is null or stretches.next_place > places.popularity_rank)
inner join {{ ref('ml_candidate_products') }} as candidates
    on
        places.purpose = candidates.purpose
        and places.popularity_rank + stretches.steps = candidates.popularity_rank
