{% set conditions = {
    'sends': 'true',
    'deliveries': 'sends.is_delivered',
    'opens': 'sends.first_open_at is not null',
    'human_opens': 'sends.first_human_open_at is not null',
    'clicks': 'sends.first_click_at is not null',
    'human_clicks': 'sends.first_human_click_at is not null',
    'unsubscribes': 'sends.is_unsubscribed',
    'complaints': 'sends.is_complaint',
    'recommendation_deliveries': 'sends.is_delivered and sends.has_recommendations',
    'recommendation_clicks': 'sends.first_recommendation_click_at is not null',
    'recommendation_human_clicks': 'sends.first_human_recommendation_click_at is not null',
} -%}
{% set amounts = ['revenue', 'margin', 'revenue_of_unknown_margin'] -%}
{% set earnings = ['conversions', 'recommendation_revenue'] + amounts -%}
-- Grain: one row per day of sending, channel, campaign, content type, RFM segment and variant.
-- Counts and amounts add up over all of them, rates don't: derive those of a sum from the sum.
with

earned as (
    select
        send_id,
        event_id,
        count(*) as conversions,
        sum(net_revenue) as revenue,
        sum(gross_margin) as margin,
        sum(case when gross_margin is null then net_revenue else 0 end)
            as revenue_of_unknown_margin,
        sum(recommendation_revenue) as recommendation_revenue
    from {{ ref('fct_send_orders') }}
    group by 1, 2
),

messages as (
    select
        'email' as channel,
        {% for name, condition in conditions.items() -%}
        case when {{ condition }} then 1 else 0 end as {{ name }},
        {% endfor -%}
        {% for name in earnings -%}
        {{ 'earned.' ~ name if name in amounts else 'coalesce(earned.' ~ name ~ ', 0)' }}
            as {{ name }},
        {% endfor -%}
        sends.customer_id,
        sends.campaign_id,
        sends.content_type,
        sends.variant_key,
        sends.sent_at
    from {{ ref('fct_sends') }} as sends
    left join earned
        on sends.send_id = earned.send_id
    union all
    -- What no other channel tells is null, not 0.
    select
        sends.channel,
        {% for name in conditions.keys() | list + earnings -%}
        {{ {
            'sends': '1', 'deliveries': '1',
            'clicks': 'case when sends.first_click_at is not null then 1 when sends.reports_clicks then 0 end',
            'conversions': 'coalesce(earned.conversions, 0)',
        }.get(name, 'earned.' ~ name if name in amounts else 'null') }},
        {% endfor -%}
        customers.customer_id,
        sends.campaign_id,
        null,
        null,
        sends.sent_at
    from {{ ref('int_channel_sends') }} as sends
    left join {{ ref('int_identifier_customers') }} as customers
        on sends.owner_key = customers.identifier_key
    left join earned
        on sends.event_id = earned.event_id
),

counted as (
    select
        cast(messages.sent_at as date) as sent_date,
        messages.channel,
        coalesce(messages.campaign_id, 'none') as campaign_id,
        coalesce(messages.content_type, 'none') as content_type,
        coalesce(segments.rfm_segment, 'none') as rfm_segment,
        coalesce(messages.variant_key, 'none') as variant_key,
        {% for name in conditions.keys() | list + ['conversions'] -%}
        cast(sum(messages.{{ name }}) as bigint) as {{ name }},
        {% endfor -%}
        {% for name in amounts -%}
        case
            when sum(messages.conversions) = 0 then 0
            else {{ as_money('sum(messages.' ~ name ~ ')') }}
        end as {{ name }},
        {% endfor -%}
        {{ as_money('sum(messages.recommendation_revenue)') }} as recommendation_revenue
    from messages
    left join {{ ref('feat_customer_rfm') }} as segments
        on
            messages.customer_id = segments.customer_id
            and date_trunc('month', messages.sent_at) = segments.as_of
    group by 1, 2, 3, 4, 5, 6
)

select
    *,
    {% for name, part, whole in [
        ('delivery_rate', 'deliveries', 'sends'),
        ('open_rate', 'opens', 'deliveries'), ('human_open_rate', 'human_opens', 'deliveries'),
        ('click_rate', 'clicks', 'deliveries'), ('human_click_rate', 'human_clicks', 'deliveries'),
        ('click_to_open_rate', 'clicks', 'opens'),
        ('human_click_to_open_rate', 'human_clicks', 'human_opens'),
        ('conversion_rate', 'conversions', 'deliveries'),
        ('revenue_per_delivery', 'revenue', 'deliveries'),
        ('margin_per_delivery', 'margin', 'deliveries'),
        ('unsubscribe_rate', 'unsubscribes', 'deliveries'), ('complaint_rate', 'complaints', 'deliveries'),
        ('recommendation_click_rate', 'recommendation_clicks', 'recommendation_deliveries'),
        ('recommendation_human_click_rate', 'recommendation_human_clicks',
         'recommendation_deliveries'),
    ] -%}
    {{ ratio(part, whole) }} as {{ name }},
    {% endfor -%}
    {{ ratio('recommendation_revenue', 'revenue') }} as recommendation_revenue_share
from counted
