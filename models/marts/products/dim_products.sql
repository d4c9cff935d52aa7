-- Grain: one row per product that was there before as_of.
select
    products.product_id,
    products.title,
    products.category,
    {% for level in [1, 2, 3] -%}
    nullif(trim(split_part(products.category, ' > ', {{ level }})), '') as category_level_{{ level }},
    {% endfor -%}
    products.brand,
    products.image_url,
    products.product_url,
    products.currency,
    products.original_price,
    products.original_unit_cost,
    products.price,
    products.unit_cost,
    products.is_sellable,
    products.created_at
from {{ ref('int_products') }} as products
