-- Grain: one row per product that was there before as_of.
select
    product_id,
    title,
    category,
    {% for level in [1, 2, 3] -%}
    nullif(trim(split_part(category, ' > ', {{ level }})), '') as category_level_{{ level }},
    {% endfor -%}
    brand,
    image_url,
    product_url,
    currency,
    original_price,
    original_unit_cost,
    price,
    unit_cost,
    is_sellable,
    created_at
from {{ ref('int_products') }}
