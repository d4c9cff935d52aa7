-- Grain: one row per subscriber that may be mailed. Its merge fields hold dates and no days since:
-- a row must not change, and be sent again, because a day has passed.
with

orders as (
    select
        customer_id,
        cast(count(*) as integer) as order_count,
        {{ as_money('sum(net_revenue)') }} as net_revenue
    from {{ ref('fct_orders') }}
    where not is_cancelled
    group by 1
),

sent as (
    select
        mailable.subscriber_id,
        mailable.customer_id,
        mailable.is_primary_address,
        customers.country,
        customers.timezone,
        -- What was bought, and what follows from it, goes to no one who refused profiling.
        {% for name, value in [
            ('lifecycle_stage', 'customers.lifecycle_stage'),
            ('rfm_segment', 'customers.rfm_segment'),
            ('order_count', 'coalesce(orders.order_count, 0)'),
            ('net_revenue', 'case when orders.customer_id is null then 0 else orders.net_revenue end'),
            ('first_order_at', 'customers.first_order_at'),
            ('last_order_at', 'customers.last_order_at'),
        ] -%}
        case when customers.can_profile then {{ value }} end as {{ name }},
        {% endfor -%}
        customers.can_profile,
        customers.is_holdout
    from {{ ref('int_mailable') }} as mailable
    inner join {{ ref('dim_customers') }} as customers
        on mailable.customer_id = customers.customer_id
    left join orders
        on mailable.customer_id = orders.customer_id
    where mailable.is_mailable
)

select
    *,
    {{ row_hash([
        'subscriber_id', 'customer_id', 'is_primary_address', 'country', 'timezone',
        'lifecycle_stage', 'rfm_segment', 'order_count', 'net_revenue', 'first_order_at',
        'last_order_at', 'can_profile', 'is_holdout',
    ]) }} as row_hash
from sent
