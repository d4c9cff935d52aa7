-- Grain: one row per unified customer, known or not.
with

customers as (
    select * from {{ ref('int_customers') }}
),

orders as (
    select
        owners.customer_id,
        min(orders.ordered_at) as first_order_at,
        max(orders.ordered_at) as last_order_at,
        {{ days_between('min(orders.ordered_at)', as_of()) }} as days_since_first_order,
        {{ days_between('max(orders.ordered_at)', as_of()) }} as days_since_last_order
    from {{ ref('int_orders') }} as orders
    inner join {{ ref('int_identifier_customers') }} as owners
        on orders.owner_key = owners.identifier_key
    where orders.cancelled_at is null
    group by 1
),

rfm as (
    select * from {{ ref('feat_customer_rfm') }}
    where as_of = {{ as_of() }}
)

select
    customers.customer_id,
    attributes.country,
    attributes.country_source,
    attributes.timezone,
    attributes.timezone_source,
    attributes.language,
    attributes.language_source,
    case
        when not customers.is_known then 'anonymous'
        when orders.customer_id is null then 'prospect'
        when orders.days_since_first_order <= {{ var('new_customer_days') }} then 'new'
        when orders.days_since_last_order <= {{ var('active_days') }} then 'active'
        when orders.days_since_last_order <= {{ var('lapsing_days') }} then 'lapsing'
        else 'lapsed'
    end as lifecycle_stage,
    rfm.rfm_segment,
    customers.is_known,
    consents.can_email,
    consents.can_sms,
    consents.can_push,
    consents.can_advertise,
    consents.can_profile,
    holdout.customer_id is not null as is_holdout,
    customers.first_seen_at,
    customers.last_seen_at,
    orders.first_order_at,
    orders.last_order_at
from customers
inner join {{ ref('int_customer_consents') }} as consents
    on customers.customer_id = consents.customer_id
left join {{ ref('int_customer_attributes') }} as attributes
    on customers.customer_id = attributes.customer_id
left join orders
    on customers.customer_id = orders.customer_id
left join rfm
    on customers.customer_id = rfm.customer_id
left join {{ ref('int_holdout') }} as holdout
    on customers.customer_id = holdout.customer_id
