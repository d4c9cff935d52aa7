-- Grain: one row per product, field and value by which a rule may name it; in lower case, but ids.
select
    product_id,
    preference_type as field,
    preference_value as value
from {{ ref('int_product_words') }}
union all
select
    product_id,
    'kind' as field,
    lower(kind) as value
from {{ ref('ml_products') }}
where kind is not null
union all
select
    product_id,
    'product_id' as field,
    product_id as value
from {{ ref('ml_products') }}
