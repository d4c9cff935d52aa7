-- Grain: one row per order, fit for use.
select
    order_id,
    shop_customer_id,
    anonymous_id,
    email,
    phone,
    currency,
    discount_codes,
    source_name,
    subtotal,
    discount_total,
    tax_total,
    shipping_total,
    total,
    is_test,
    ordered_at,
    cancelled_at,
    _loaded_at
from {{ ref('base_shop__orders') }}
where rejection_reason is null
