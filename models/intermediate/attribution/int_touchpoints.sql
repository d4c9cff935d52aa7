-- Grain: one row per touch before as_of of a kind that counts; a click and the visit it led to are
-- one.
with

sends as (
    select * from {{ ref('int_sends') }}
),

recorded as (
    select
        'visit:' || sessions.session_id as touchpoint_id,
        -- Whoever is logged in came; by a link in a mail, whoever was mailed, on any device.
        coalesce(sessions.account_key, sends.identifier_key, sessions.device_key)
            as identifier_key,
        sessions.channel,
        coalesce(sends.campaign_id, sessions.campaign_id) as campaign_id,
        'visit' as kind,
        coalesce(sends.is_personalized, false) as is_personalized,
        sessions.started_at as touched_at
    from {{ ref('int_sessions') }} as sessions
    left join sends
        on sessions.send_id = sends.send_id
    union all
    select
        'email:' || events.event_id,
        sends.identifier_key,
        'email',
        sends.campaign_id,
        events.event_type,
        sends.is_personalized,
        events.occurred_at
    from {{ ref('int_mail_events') }} as events
    inner join sends
        on events.send_id = sends.send_id
    where events.event_type in ('open', 'click') and not events.is_machine
    union all
    select
        'send:' || send_id,
        identifier_key,
        'email',
        campaign_id,
        'sent',
        is_personalized,
        sent_at
    from sends
    where is_delivered
    union all
    select
        -- Never by its channel's name: that may be `email` or `visit`, whose ids are others'.
        'touch:' || event_id,
        identifier_key,
        channel,
        campaign_id,
        event_type,
        false,
        occurred_at
    from {{ ref('int_channel_touches') }}
),

counting as (
    select
        recorded.*,
        coalesce(
            customers.customer_id, cast(recorded.identifier_key as varchar), recorded.touchpoint_id
        ) as person
    from recorded
    left join {{ ref('int_identifier_customers') }} as customers
        on recorded.identifier_key = customers.identifier_key
    where
        recorded.kind in ({{ touchpoint_kinds() }})
        or recorded.channel || ':' || recorded.kind in ({{ touchpoint_kinds() }})
),

spaced as (
    select
        *,
        lag(touched_at) over (
            partition by person, channel, campaign_id
            order by touched_at, kind, touchpoint_id
        ) as before_at
    from counting
)

-- Several links of a mail, or an ad and the visit it led to, are one touch: the first.
select
    touchpoint_id,
    identifier_key,
    channel,
    campaign_id,
    kind,
    is_personalized,
    touched_at
from spaced
where
    before_at is null
    or touched_at > before_at + interval '{{ var("session_idle_minutes") }} minutes'
