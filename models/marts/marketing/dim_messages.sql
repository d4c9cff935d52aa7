-- Grain: one row per message or message variant that was sent, or was to be, before as_of.
with

sent as (
    select
        message_id,
        min(sent_at) as first_sent_at,
        max(sent_at) as last_sent_at
    from {{ ref('int_sends') }}
    group by 1
)

select
    messages.message_id,
    messages.campaign_id,
    messages.campaign_name,
    messages.template_id,
    messages.experiment_key,
    messages.variant_key,
    messages.subject,
    messages.content_type,
    messages.objective,
    coalesce(messages.is_personalized, false) as is_personalized,
    messages.scheduled_at,
    sent.first_sent_at,
    sent.last_sent_at
from {{ ref('stg_esp__messages') }} as messages
left join sent
    on messages.message_id = sent.message_id
where sent.message_id is not null or coalesce(messages.scheduled_at < {{ as_of() }}, true)
