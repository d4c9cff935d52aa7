{{ config(materialized = 'view') }}
-- Grain: one row per known customer, list and rank of now. The chain of fallbacks: the hybrid, or
-- the single model that did better, then the other models, then popular.
with

-- The few lists to fill up. Distinct as they are: said so, the engine expects few.
begun as (
    select distinct
        told.customer_id,
        told.list_name,
        told.product_id
    from {{ ref('ml_recommendations_told') }} as told
    inner join {{ ref('ml_recommendations_popular') }} as popular
        on
            told.customer_id = popular.customer_id
            and told.list_name = popular.list_name
    where popular.purpose = 'score' and popular.rank = 1
),

begun_counts as (
    select
        customer_id,
        list_name,
        count(*) as product_count
    from begun
    group by 1, 2
),

fillers as (
    select
        popular.*,
        begun_counts.product_count + row_number() over (
            partition by popular.customer_id, popular.list_name
            order by popular.rank
        ) as place
    from {{ ref('ml_recommendations_popular') }} as popular
    inner join begun_counts
        on
            popular.customer_id = begun_counts.customer_id
            and popular.list_name = begun_counts.list_name
    left join begun
        on
            popular.customer_id = begun.customer_id
            and popular.list_name = begun.list_name
            and popular.product_id = begun.product_id
    where popular.purpose = 'score' and begun.product_id is null
    union all
    select
        popular.*,
        popular.rank as place
    from {{ ref('ml_recommendations_popular') }} as popular
    left join begun_counts
        on
            popular.customer_id = begun_counts.customer_id
            and popular.list_name = begun_counts.list_name
    where popular.purpose = 'score' and begun_counts.product_count is null
),

listed as (
    select
        customer_id,
        list_name,
        rank,
        product_id,
        score,
        source,
        reason,
        collaborative_weight,
        model_version,
        rules
    from {{ ref('ml_recommendations_told') }}
    union all
    select
        customer_id,
        list_name,
        place as rank,
        product_id,
        score,
        'popular' as source,
        -- The end of the fallback: nobody bought it lately, so it may not be called popular.
        case when score > 0 then 'Popular with our customers' else 'From our range' end as reason,
        0 as collaborative_weight,
        model_version,
        cast(null as varchar) as rules
    from fillers
)

select
    customer_id,
    list_name,
    cast(rank as integer) as rank,
    product_id,
    score,
    source,
    reason,
    cast(collaborative_weight as double) as collaborative_weight,
    model_version,
    rules
from listed
where rank <= {{ var('list_length') }}
