-- Grain: one row per explicit rating, fit for use.
select
    review_id,
    product_id,
    shop_customer_id,
    email,
    rating,
    reviewed_at,
    _loaded_at
from {{ ref('base_shop__reviews') }}
where rejection_reason is null
