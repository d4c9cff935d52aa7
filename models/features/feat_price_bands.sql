-- Grain: one row per quarter of the unit prices that were paid in the training window: band 1 is
-- the cheapest. Cheaper or dearer ones that came later fall into the outer bands.
with

validation as (
    select as_of from {{ ref('feat_cutoffs') }}
    where purpose = 'validation'
),

prices as (
    select {{ unit_price_paid('lines', 'orders') }} as unit_price
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders
        on lines.order_id = orders.order_id
    cross join validation
    where lines.quantity > 0 and orders.ordered_at < validation.as_of
),

edges as (
    select
        percentile_cont(0.25) within group (order by unit_price) as edge_1,
        percentile_cont(0.5) within group (order by unit_price) as edge_2,
        percentile_cont(0.75) within group (order by unit_price) as edge_3
    from prices
    where unit_price is not null
)

{% for band in range(1, 5) -%}
select
    {{ band }} as price_band,
    {{ '0.0' if band == 1 else 'edge_' ~ (band - 1) }} as low_price,
    {{ '1e15' if band == 4 else 'edge_' ~ band }} as high_price
from edges
where edge_1 is not null
{{ 'union all' if not loop.last }}
{% endfor %}
