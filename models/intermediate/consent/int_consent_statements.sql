-- Grain: one row per statement of a person about a purpose, by the identifier it names.
with

subjects as (
    select
        *,
        'consent_events' as source_name
    from {{ ref('stg_consent__events') }}
    where occurred_at < {{ as_of() }}
),

contact_values as (
    select * from {{ ref('int_contact_value_keys') }}
),

withdrawals as (
    select
        events.event_id,
        sends.subscriber_id,
        events.event_type,
        events.occurred_at
    from {{ ref('stg_esp__events') }} as events
    inner join {{ ref('stg_esp__sends') }} as sends
        on events.send_id = sends.send_id
    where
        events.event_type in ('unsubscribe', 'complaint')
        and events.occurred_at < {{ as_of() }}
        and sends.sent_at < {{ as_of() }}
)

select
    subjects.source_name,
    subjects.consent_event_id as statement_id,
    coalesce(
        contact_values.identifier_key,
        {{ identifier_key('subjects.subject_type', 'subjects.subject_value') }}
    ) as identifier_key,
    subjects.purpose,
    subjects.status,
    subjects.status = 'granted' as is_granted,
    subjects.occurred_at as stated_at
from subjects
left join contact_values
    on
        subjects.subject_type = contact_values.identifier_type
        and subjects.subject_value = contact_values.raw_value
        and subjects.occurred_at >= contact_values.valid_from
        and subjects.occurred_at < contact_values.valid_to
union all
select
    'esp_events' as source_name,
    event_id as statement_id,
    {{ identifier_key("'subscriber_id'", 'subscriber_id') }} as identifier_key,
    'email_marketing' as purpose,
    event_type as status,
    false as is_granted,
    occurred_at as stated_at
from withdrawals
