-- Grain: one row per order that came within the conversion window of a mail, or of a message on
-- another channel, to its customer, credited to the latest one alone.
with

messages as (
    select
        order_id,
        'email' as channel,
        send_id,
        cast(null as varchar) as event_id,
        sent_at
    from {{ ref('int_send_orders') }}
    where ordered_at < sent_at + interval '{{ var("conversion_hours") }} hours'
    union all
    select
        order_id,
        channel,
        null,
        event_id,
        sent_at
    from {{ ref('int_channel_send_orders') }}
),

-- Of a mail and another message of one moment the mail counts.
credited as (
    select * from messages
    qualify row_number() over (
        partition by order_id
        order by sent_at desc, send_id desc nulls last, event_id desc nulls last
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
    credited.channel,
    credited.send_id,
    credited.event_id,
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
