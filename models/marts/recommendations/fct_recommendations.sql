-- Grain: one row per known customer, list and rank: the lists of now, with what exploration shows
-- in the place of others.
select
    listed.customer_id,
    listed.list_name,
    listed.rank,
    case when explored.is_explored then explored.product_id else listed.product_id end as product_id,
    case when explored.is_explored then explored.score else listed.score end as score,
    case when explored.is_explored then 'exploration' else listed.source end as source,
    case when explored.is_explored then explored.reason else listed.reason end as reason,
    case when explored.is_explored then explored.collaborative_weight else listed.collaborative_weight end as collaborative_weight,
    coalesce(explored.propensity, 1) as propensity,
    case when explored.is_explored then explored.model_version else listed.model_version end as model_version,
    case when explored.is_explored then explored.rules else listed.rules end as rules,
    {{ as_of() }} as as_of
from {{ ref('ml_recommendations_listed') }} as listed
left join {{ ref('ml_recommendations_explored') }} as explored
    on
        listed.customer_id = explored.customer_id
        and listed.list_name = explored.list_name
        and listed.rank = explored.rank
