-- Grain: one row per product, similar product and method.
select
    product_id,
    similar_product_id,
    method,
    rank,
    score,
    support,
    model_version,
    {{ as_of() }} as as_of
from {{ ref('ml_product_similarities') }}
