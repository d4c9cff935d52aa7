-- Grain: one row per send before as_of with everything that followed it before as_of.
with

converted as (
    select distinct
        send_id,
        true as is_converted
    from {{ ref('int_send_orders') }}
    where ordered_at < sent_at + interval '48 hours'
)

select
    sends.send_id,
    customers.customer_id,
    sends.subscriber_id,
    sends.message_id,
    sends.campaign_id,
    sends.experiment_key,
    sends.variant_key,
    sends.recommendation_run_id,
    sends.content_type,
    sends.objective,
    sends.is_personalized,
    sends.has_recommendations,
    sends.is_delivered,
    sends.opened_within_24h,
    {{ within_window('converted.is_converted', 'sends.sent_at', "interval '48 hours'") }}
        as converted_within_48h,
    sends.unsubscribed_at is not null as is_unsubscribed,
    sends.complained_at is not null as is_complaint,
    sends.sent_at,
    sends.first_open_at,
    sends.first_human_open_at,
    sends.first_click_at,
    sends.first_human_click_at,
    sends.first_recommendation_click_at,
    sends.first_human_recommendation_click_at
from {{ ref('int_sends') }} as sends
left join {{ ref('int_identifier_customers') }} as customers
    on sends.identifier_key = customers.identifier_key
left join converted
    on sends.send_id = converted.send_id
