-- Grain: one row per product of the catalogue, with what it says of itself.
select
    products.product_key,
    described.title,
    described.description,
    described.tags,
    described.category,
    described.brand
from {{ ref('int_products') }} as described
inner join {{ ref('ml_products') }} as products
    on described.product_id = products.product_id
