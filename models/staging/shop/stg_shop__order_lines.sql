-- Grain: one row per order line, fit for use.
select
    order_line_id,
    order_id,
    product_id,
    quantity,
    unit_price,
    discount_total,
    _loaded_at
from {{ ref('base_shop__order_lines') }}
where rejection_reason is null
