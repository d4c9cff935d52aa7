-- Grain: one row per send before as_of with what followed it before as_of.
with

source as (
    select coalesce(max(case when event_type = 'delivered' then 1 end), 0) = 1 as reports_deliveries
    from {{ ref('int_mail_events') }}
),

-- A product of a JSON array of ids, with or without quotes, is a part between commas.
product_clicks as (
    select
        events.send_id,
        min(events.occurred_at) as first_click_at,
        min(case when not events.is_machine then events.occurred_at end) as first_human_click_at
    from {{ ref('int_mail_events') }} as events
    inner join {{ ref('stg_esp__sends') }} as sends
        on events.send_id = sends.send_id
    where
        events.event_type = 'click'
        and {{ is_listed('events.product_id', 'sends.recommended_product_ids') }}
    group by 1
),

followed as (
    select
        send_id,
        max(case when event_type in ('delivered', 'open', 'click') then 1 else 0 end) = 1
            as has_arrived,
        max(case when event_type = 'bounce' then 1 else 0 end) = 1 as is_bounced,
        max(case
            when
                event_type = 'open'
                and occurred_at >= sent_at
                and occurred_at < sent_at + interval '24 hours'
                then 1
            else 0
        end) = 1 as is_opened_within_24h,
        {% for event_type in ['open', 'click'] -%}
        min(case when event_type = '{{ event_type }}' then occurred_at end)
            as first_{{ event_type }}_at,
        min(case when event_type = '{{ event_type }}' and not is_machine then occurred_at end)
            as first_human_{{ event_type }}_at,
        {% endfor -%}
        min(case when event_type = 'unsubscribe' then occurred_at end) as unsubscribed_at,
        min(case when event_type = 'complaint' then occurred_at end) as complained_at
    from {{ ref('int_mail_events') }}
    group by 1
),

assembled as (
    select
        sends.send_id,
        sends.subscriber_id,
        {{ identifier_key("'subscriber_id'", 'sends.subscriber_id') }} as identifier_key,
        sends.message_id,
        messages.campaign_id,
        messages.content_type,
        messages.objective,
        coalesce(messages.is_personalized, false) as is_personalized,
        coalesce(sends.experiment_key, messages.experiment_key) as experiment_key,
        -- A variant means nothing in another experiment.
        case
            when coalesce(sends.experiment_key = messages.experiment_key, true)
                then coalesce(sends.variant_key, messages.variant_key)
            else sends.variant_key
        end as variant_key,
        sends.recommendation_run_id,
        coalesce(sends.recommended_product_ids != '[]', false) as has_recommendations,
        sends.sent_at,
        coalesce(followed.has_arrived, false)
        or (not source.reports_deliveries and not coalesce(followed.is_bounced, false))
            as is_delivered,
        {{ within_window(
            'followed.is_opened_within_24h', 'sends.sent_at', "interval '24 hours'"
        ) }} as opened_within_24h,
        followed.first_open_at,
        followed.first_human_open_at,
        followed.first_click_at,
        followed.first_human_click_at,
        product_clicks.first_click_at as first_recommendation_click_at,
        product_clicks.first_human_click_at as first_human_recommendation_click_at,
        followed.unsubscribed_at,
        followed.complained_at
    from {{ ref('stg_esp__sends') }} as sends
    cross join source
    left join {{ ref('stg_esp__messages') }} as messages
        on sends.message_id = messages.message_id
    left join followed
        on sends.send_id = followed.send_id
    left join product_clicks
        on sends.send_id = product_clicks.send_id
)

select * from assembled
-- As in int_mail_events, after the joins.
where sent_at < {{ as_of() }}
