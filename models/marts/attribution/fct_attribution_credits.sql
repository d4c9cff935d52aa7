-- Grain: one row per order that is not cancelled, touch and method that credits it.
with

priced as (
    select
        {% for method in attribution_methods() -%}
        {{ converted('orders.net_revenue', 'credits.' ~ method) }} as {{ method }}_revenue,
        {% endfor -%}
        credits.*,
        orders.customer_id,
        orders.net_revenue,
        orders.gross_margin
    from {{ ref('int_journey_credits') }} as credits
    inner join {{ ref('fct_orders') }} as orders
        on credits.order_id = orders.order_id
),

claims as (
    select
        {% for method in attribution_methods() -%}
        sum({{ method }}_revenue) as {{ method }}_claim,
        {% endfor -%}
        order_id
    from priced
    where not is_last
    group by order_id
),

methods as (
    {% for method in attribution_methods() -%}
    select '{{ method }}' as method
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

credited as (
    select
        priced.order_id,
        priced.touchpoint_id,
        methods.method,
        priced.customer_id,
        priced.channel,
        priced.campaign_id,
        priced.is_personalized,
        priced.gross_margin,
        priced.ordered_at,
        case methods.method
            {% for method in attribution_methods() -%}
            when '{{ method }}' then priced.{{ method }}
            {% endfor -%}
        end as credit,
        -- What the others leave is the last touch's.
        case methods.method
            {% for method in attribution_methods() -%}
            when '{{ method }}'
                then case
                    when priced.is_last
                        then priced.net_revenue - coalesce(claims.{{ method }}_claim, 0)
                    else priced.{{ method }}_revenue
                end
            {% endfor -%}
        end as attributed_revenue
    from priced
    left join claims
        on priced.order_id = claims.order_id
    -- A touch's rows side by side: an id that returns soon is stored in little room and time.
    cross join methods
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
    {{ converted('gross_margin', 'credit') }} as attributed_margin,
    ordered_at
from credited
where credit != 0 or attributed_revenue != 0
