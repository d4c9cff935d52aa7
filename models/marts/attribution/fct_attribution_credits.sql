-- Grain: one row per order that is not cancelled, touch and method that credits it.
with

priced as (
    select
        {% for method in attribution_methods() -%}
        cast(round({{ wide('orders.net_revenue') }} * credits.{{ method }}, 4) as decimal(18, 4))
            as {{ method }}_revenue,
        {% endfor -%}
        credits.*,
        orders.customer_id,
        orders.net_revenue,
        orders.gross_margin
    from {{ ref('int_journey_credits') }} as credits
    inner join {{ ref('fct_orders') }} as orders
        on credits.order_id = orders.order_id
),

settled as (
    select
        {% for method in attribution_methods() -%}
        {{ method }}_revenue + case
            when is_last
                then net_revenue - sum({{ method }}_revenue) over (partition by order_id)
            else 0
        end as {{ method }}_settled,
        {% endfor -%}
        *
    from priced
),

methods as (
    {% for method in attribution_methods() -%}
    select
        order_id,
        touchpoint_id,
        '{{ method }}' as method,
        customer_id,
        channel,
        campaign_id,
        is_personalized,
        {{ method }} as credit,
        {{ method }}_settled as attributed_revenue,
        round({{ wide('gross_margin') }} * {{ method }}, 4) as attributed_margin,
        ordered_at
    from settled
    where {{ method }} != 0 or {{ method }}_settled != 0
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    order_id,
    touchpoint_id,
    method,
    customer_id,
    channel,
    campaign_id,
    is_personalized,
    credit,
    cast(attributed_revenue as decimal(18, 4)) as attributed_revenue,
    cast(attributed_margin as decimal(18, 4)) as attributed_margin,
    ordered_at
from methods
