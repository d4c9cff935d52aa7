-- Grain: one row per purpose, customer, list and rank: the most popular products, for discover
-- without what the customer ever bought. At the test moment for everyone, as the baseline; for the
-- score only where the collaborative list is short, as the fallback.
{% set list_length = var('list_length') -%}
with

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

full_lists as (
    select
        customer_id,
        list_name
    from {{ ref('ml_recommendations_allowed') }}
    where purpose = 'score'
    group by 1, 2
    having count(*) >= {{ list_length }}
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

bought as (
    select
        wanted.purpose,
        wanted.customer_id,
        products.product_id
    from wanted
    inner join {{ ref('int_bought_products') }} as products
        on
            wanted.customer_id = products.customer_id
            and wanted.as_of > products.first_ordered_at
    where wanted.list_name = 'discover'
),

bought_counts as (
    select
        purpose,
        customer_id,
        count(*) as product_count
    from bought
    group by 1, 2
),

-- As many of the most popular as are needed when everything bought falls out.
offered as (
    select
        wanted.*,
        candidates.product_id,
        candidates.customer_count,
        candidates.popularity_rank
    from wanted
    left join bought_counts
        on
            wanted.list_name = 'discover'
            and wanted.purpose = bought_counts.purpose
            and wanted.customer_id = bought_counts.customer_id
    inner join {{ ref('ml_candidate_products') }} as candidates
        on
            wanted.purpose = candidates.purpose
            and candidates.popularity_rank
            <= {{ list_length }} + coalesce(bought_counts.product_count, 0)
)

select
    offered.purpose,
    offered.as_of,
    offered.customer_id,
    offered.list_name,
    cast(row_number() over (
        partition by offered.purpose, offered.customer_id, offered.list_name
        order by offered.popularity_rank
    ) as integer) as rank,
    offered.product_id,
    cast(offered.customer_count as double) as score,
    'popular-{{ var("popularity_days") }}d' as model_version
from offered
left join bought
    on
        offered.list_name = 'discover'
        and offered.purpose = bought.purpose
        and offered.customer_id = bought.customer_id
        and offered.product_id = bought.product_id
where bought.product_id is null
qualify row_number() over (
    partition by offered.purpose, offered.customer_id, offered.list_name
    order by offered.popularity_rank
) <= {{ list_length }}
