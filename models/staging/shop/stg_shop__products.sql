-- Grain: one row per product, fit for use.
select
    product_id,
    title,
    description,
    category,
    brand,
    tags,
    currency,
    image_url,
    product_url,
    attributes,
    price,
    compare_at_price,
    unit_cost,
    is_available,
    inventory_quantity,
    published_at,
    created_at,
    updated_at,
    _loaded_at
from {{ ref('base_shop__products') }}
where rejection_reason is null
