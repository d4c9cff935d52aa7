{{ config(materialized='view') }}

-- Grain: one row per order, refund of a known order, and send, as its source counts them: fit, or
-- refused for what it says. A record of which any delivery is fit counts by that one; tests and the
-- erased do not count. A refund stands on the day of its order.
with

{% for table_name, base, key in [
    ('orders', 'base_shop__orders', 'order_id'),
    ('refunds', 'base_shop__refunds', 'refund_id'),
    ('sends', 'base_esp__sends', 'send_id'),
] -%}
{{ table_name }} as (
    select *
    from {{ ref(base) }}
    where rejection_reason is null
    union all
    select refused.*
    from {{ ref(base) }} as refused
    left join {{ ref(base) }} as fit
        on
            fit.rejection_reason is null
            and refused.{{ key }} = fit.{{ key }}
    where
        refused.rejection_reason not in ('erased', 'duplicate_delivery')
        and fit.{{ key }} is null
    qualify row_number() over (
        partition by coalesce(refused.{{ key }}, refused.row_digest) order by refused.row_digest
    ) = 1
)
{{- ',' if not loop.last }}

{% endfor -%}
select
    'order' as kind,
    coalesce(order_id, row_digest) as record_id,
    ordered_at,
    ordered_at as happened_at,
    cancelled_at,
    currency,
    total,
    coalesce(tax_total, 0) + coalesce(shipping_total, 0) as tax_and_shipping,
    coalesce(discount_total, 0) as discount_total
from orders
where not coalesce(is_test, false)
union all
select
    'refund' as kind,
    coalesce(refunds.refund_id, refunds.row_digest) as record_id,
    orders.ordered_at,
    refunds.refunded_at as happened_at,
    orders.cancelled_at,
    orders.currency,
    refunds.amount as total,
    0 as tax_and_shipping,
    0 as discount_total
from refunds
inner join orders
    on refunds.order_id = orders.order_id
where not coalesce(orders.is_test, false)
union all
select
    'send' as kind,
    coalesce(send_id, row_digest) as record_id,
    sent_at as ordered_at,
    sent_at as happened_at,
    null as cancelled_at,
    null as currency,
    null as total,
    0 as tax_and_shipping,
    0 as discount_total
from sends
