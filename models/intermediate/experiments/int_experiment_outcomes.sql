-- Grain: one row per experiment and customer exposed in it: what the customer did from exposure to
-- the end, and in the days before it, which the variant cannot have touched.
{% set before = "interval '" ~ var('experiment_covariate_days') ~ " days'" -%}
with

units as (
    select
        assignments.experiment_key,
        assignments.customer_id,
        assignments.variant_key,
        assignments.exposed_at,
        experiments.counted_until
    from {{ ref('int_experiment_assignments') }} as assignments
    inner join {{ ref('int_experiments') }} as experiments
        on assignments.experiment_key = experiments.experiment_key
),

customers as (
    select * from {{ ref('int_identifier_customers') }}
),

orders as (
    select
        units.experiment_key,
        units.customer_id,
        {{ as_share('not amounts.is_cancelled and orders.ordered_at >= units.exposed_at') }}
            as conversion,
        {{ as_share('orders.ordered_at < units.exposed_at') }} as conversion_before,
        sum(case
            when orders.ordered_at >= units.exposed_at
                then {{ converted('amounts.net_amount - amounts.refund_amount', 'orders.rate') }}
            else 0
        end) as revenue,
        -- Cancelled or not, before refunds: those may come after the exposure.
        sum(case
            when orders.ordered_at < units.exposed_at
                then {{ converted('orders.net_amount', 'orders.rate') }}
            else 0
        end) as revenue_before
    from units
    inner join customers
        on units.customer_id = customers.customer_id
    inner join {{ ref('int_orders') }} as orders
        on
            customers.identifier_key = orders.owner_key
            and units.exposed_at - {{ before }} <= orders.ordered_at
            and units.counted_until > orders.ordered_at
    inner join {{ ref('int_order_amounts') }} as amounts
        on orders.order_id = amounts.order_id
    group by 1, 2
),

visits as (
    select
        units.experiment_key,
        units.customer_id,
        {{ as_share('sessions.started_at >= units.exposed_at') }} as visit,
        {{ as_share('sessions.started_at < units.exposed_at') }} as visit_before
    from units
    inner join customers
        on units.customer_id = customers.customer_id
    inner join {{ ref('int_sessions') }} as sessions
        on
            customers.identifier_key = coalesce(sessions.account_key, sessions.device_key)
            and units.exposed_at - {{ before }} <= sessions.started_at
            and units.counted_until > sessions.started_at
    group by 1, 2
)

select
    units.experiment_key,
    units.customer_id,
    units.variant_key,
    units.exposed_at,
    coalesce(orders.conversion, 0) as conversion,
    coalesce(orders.conversion_before, 0) as conversion_before,
    coalesce(orders.revenue, 0) as revenue,
    coalesce(orders.revenue_before, 0) as revenue_before,
    coalesce(visits.visit, 0) as visit,
    coalesce(visits.visit_before, 0) as visit_before,
    coalesce(mails.opened, 0) as opened,
    coalesce(mails.opened_before, 0) as opened_before,
    coalesce(mails.clicked, 0) as clicked,
    coalesce(mails.clicked_before, 0) as clicked_before,
    coalesce(mails.unsubscribed, 0) as unsubscribed,
    0 as unsubscribed_before
from units
left join orders
    on
        units.experiment_key = orders.experiment_key
        and units.customer_id = orders.customer_id
left join visits
    on
        units.experiment_key = visits.experiment_key
        and units.customer_id = visits.customer_id
left join {{ ref('int_experiment_mails') }} as mails
    on
        units.experiment_key = mails.experiment_key
        and units.customer_id = mails.customer_id
