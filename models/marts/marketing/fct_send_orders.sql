-- Grain: one row per order that came within the conversion window of a mail to its customer,
-- credited to the latest such mail alone.
with

credited as (
    select
        order_id,
        send_id
    from {{ ref('int_send_orders') }}
    where ordered_at < sent_at + interval '{{ var("conversion_hours") }} hours'
    qualify row_number() over (
        partition by order_id
        order by sent_at desc, send_id desc
    ) = 1
),

recommended as (
    select
        credited.order_id,
        sum(lines.net_revenue) as revenue
    from credited
    inner join {{ ref('stg_esp__sends') }} as sends
        on credited.send_id = sends.send_id
    inner join {{ ref('fct_order_lines') }} as lines
        on credited.order_id = lines.order_id
    where {{ is_listed('lines.product_id', 'sends.recommended_product_ids') }}
    group by 1
)

select
    credited.order_id,
    credited.send_id,
    orders.customer_id,
    orders.net_revenue,
    orders.gross_margin,
    {{ as_money('coalesce(recommended.revenue, 0)') }} as recommendation_revenue,
    orders.ordered_at
from credited
inner join {{ ref('fct_orders') }} as orders
    on credited.order_id = orders.order_id
left join recommended
    on credited.order_id = recommended.order_id
