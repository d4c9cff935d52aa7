-- Grain: one row per customer and moment: features with a long tail, cut off at what the training
-- moments make of it. Models learn from these; without a training moment nothing is cut off.
with

moments as (
    {{ spine_moments() }}
)

select
    moments.customer_id,
    moments.as_of,
    {% for model, feature in [
        ('rfm', 'monetary'), ('spending', 'average_order_value'),
        ('spending', 'average_order_quantity'), ('engagement', 'email_engagement'),
        ('engagement', 'web_engagement'), ('engagement', 'shop_engagement'),
    ] -%}
    {{ cut_off(model, feature) }} as {{ feature }},
    {% endfor -%}
    {{ cut_off('engagement', 'session_seconds_90d') }} as session_seconds_90d
from moments
left join {{ ref('feat_customer_rfm') }} as rfm
    on moments.customer_id = rfm.customer_id and moments.as_of = rfm.as_of
left join {{ ref('feat_customer_spending') }} as spending
    on moments.customer_id = spending.customer_id and moments.as_of = spending.as_of
left join {{ ref('feat_customer_engagement') }} as engagement
    on moments.customer_id = engagement.customer_id and moments.as_of = engagement.as_of
