-- By each method the channels have all orders that are not cancelled between them.
with

orders as (
    select count(*) as order_count from {{ ref('fct_orders') }}
    where not is_cancelled
),

methods as (
    select
        method,
        sum(attributed_conversions) as attributed_conversions,
        sum(share) as share
    from {{ ref('rpt_attribution_channels') }}
    group by 1
)

select *
from methods
cross join orders
where
    abs(methods.attributed_conversions - orders.order_count) > 0.000001 * orders.order_count
    or abs(methods.share - 1) > 0.000001
