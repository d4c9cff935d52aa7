{% set window = "interval '" ~ var('conversion_hours') ~ " hours'" -%}

-- Grain: one row per send before as_of and place whose product has a propensity.
with

impressions as (
    select
        places.send_id,
        places.place,
        customers.customer_id,
        places.product_id,
        places.propensity,
        places.sent_at
    from {{ ref('int_recommended_places') }} as places
    inner join {{ ref('int_identifier_customers') }} as customers
        on places.identifier_key = customers.identifier_key
    where places.is_fit
),

clicks as (
    select distinct
        send_id,
        product_id
    from {{ ref('int_mail_events') }}
    where event_type = 'click' and not is_machine and occurred_at >= sent_at
),

purchases as (
    select distinct
        orders.send_id,
        lines.product_id
    from {{ ref('int_send_orders') }} as orders
    inner join {{ ref('int_order_lines') }} as lines
        on orders.order_id = lines.order_id
    where orders.ordered_at < orders.sent_at + {{ window }}
)

select
    impressions.send_id,
    impressions.place,
    impressions.customer_id,
    impressions.product_id,
    cast(impressions.propensity as double) as propensity,
    clicks.send_id is not null as is_clicked,
    -- An open window counts for nobody: with its buyers alone, late sends would sell best.
    case
        when impressions.sent_at + {{ window }} <= {{ as_of() }} then purchases.send_id is not null
    end as is_bought,
    impressions.sent_at
from impressions
left join clicks
    on
        impressions.send_id = clicks.send_id
        and impressions.product_id = clicks.product_id
left join purchases
    on
        impressions.send_id = purchases.send_id
        and impressions.product_id = purchases.product_id
