-- Grain: one row per identifier, quarter of an hour (UTC) and kind of activity before as_of; counts
-- add up.
with

activities as (
    {% for kind, condition in [
        ('email_open', "event_type = 'open'"),
        ('email_human_open', "event_type = 'open' and not is_machine"),
        ('email_click', "event_type = 'click'"),
        ('email_human_click', "event_type = 'click' and not is_machine"),
    ] -%}
    select
        identifier_key,
        '{{ kind }}' as kind,
        occurred_at,
        0 as duration_seconds
    from {{ ref('int_mail_events') }}
    where {{ condition }}
    union all
    {% endfor -%}
    select
        identifier_key,
        channel || '_click',
        occurred_at,
        0
    from {{ ref('int_channel_touches') }}
    where
        channel in ('sms', 'push')
        and event_type = 'click'
        and identifier_key is not null
    union all
    select
        coalesce(account_key, device_key),
        'web_session',
        started_at,
        {{ dbt.datediff('started_at', 'ended_at', 'second') }}
    from {{ ref('int_sessions') }}
    union all
    -- Cancelled later or not: at that moment somebody was there.
    select
        owner_key,
        'order',
        ordered_at,
        0
    from {{ ref('int_orders') }}
    where owner_key is not null
)

select
    identifier_key,
    kind,
    -- Every hour of any clock begins with one: some clocks are half an hour off, or a quarter.
    cast('1970-01-01' as timestamp) + interval '15 minutes' * {{ time_slot('occurred_at', 15) }}
        as slot_start,
    cast(count(*) as integer) as activity_count,
    cast(sum(duration_seconds) as bigint) as duration_seconds,
    max(occurred_at) as last_at
from activities
group by 1, 2, 3
