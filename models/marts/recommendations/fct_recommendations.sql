-- Grain: one row per known customer, list and rank. The chain of fallbacks: collaborative, then
-- popular.
with

candidates as (
    select
        customer_id,
        list_name,
        product_id,
        score,
        rank,
        model_version,
        'collaborative' as source,
        1 as priority
    from {{ ref('ml_recommendations_allowed') }}
    where purpose = 'score'
    union all
    select
        customer_id,
        list_name,
        product_id,
        score,
        rank,
        model_version,
        'popular' as source,
        2 as priority
    from {{ ref('ml_recommendations_popular') }}
    where purpose = 'score'
),

distinct_products as (
    select *
    from candidates
    qualify row_number() over (
        partition by customer_id, list_name, product_id
        order by priority
    ) = 1
),

ranked as (
    select
        *,
        cast(row_number() over (
            partition by customer_id, list_name
            order by priority, rank
        ) as integer) as place
    from distinct_products
)

select
    customer_id,
    list_name,
    place as rank,
    product_id,
    score,
    source,
    case source
        when 'collaborative' then 'Chosen by what customers with a taste like yours buy'
        else 'Popular with our customers'
    end as reason,
    cast(case source when 'collaborative' then 1 else 0 end as double) as collaborative_weight,
    -- Nothing is explored yet, so what is listed was certain to be.
    cast(1 as double) as propensity,
    model_version,
    {{ as_of() }} as as_of
from ranked
where place <= {{ var('list_length') }}
