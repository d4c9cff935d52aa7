-- Grain: one row per touch before as_of of a kind that counts.
select
    touchpoints.touchpoint_id,
    customers.customer_id,
    touchpoints.channel,
    touchpoints.campaign_id,
    touchpoints.kind,
    touchpoints.is_personalized,
    touchpoints.touched_at
from {{ ref('int_touchpoints') }} as touchpoints
left join {{ ref('int_identifier_customers') }} as customers
    on touchpoints.identifier_key = customers.identifier_key
