-- Grain: one row per session of a device before as_of.
select
    sessions.session_id,
    sessions.anonymous_id,
    customers.customer_id,
    sessions.channel,
    sessions.campaign_id,
    sessions.send_id,
    {{ seconds_between('sessions.started_at', 'sessions.ended_at') }} as duration_seconds,
    sessions.event_count,
    sessions.product_view_count,
    sessions.started_at,
    sessions.ended_at
from {{ ref('int_sessions') }} as sessions
left join {{ ref('int_identifier_customers') }} as customers
    on coalesce(sessions.account_key, sessions.device_key) = customers.identifier_key
