-- Grain: one row per model, customer, list and rank at the test moment: what is judged.
select
    'collaborative' as model_name,
    model_version,
    as_of,
    customer_id,
    list_name,
    rank,
    product_id
from {{ ref('ml_recommendations_allowed') }}
where purpose = 'test'
union all
select
    'popular' as model_name,
    model_version,
    as_of,
    customer_id,
    list_name,
    rank,
    product_id
from {{ ref('ml_recommendations_popular') }}
where purpose = 'test'
