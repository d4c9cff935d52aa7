-- Grain: one row per refund of a line, fit for use.
select
    refund_id,
    order_id,
    order_line_id,
    quantity,
    amount,
    refunded_at,
    _loaded_at
from {{ ref('base_shop__refunds') }}
where rejection_reason is null
