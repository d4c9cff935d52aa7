-- Grain: one row per statement of a person about a purpose, by the identifier it names.
with

subjects as (
    select
        'consent_events' as source_name,
        consent_event_id as statement_id,
        subject_type,
        subject_value,
        purpose,
        status,
        jurisdiction,
        legal_basis,
        occurred_at as stated_at
    from {{ ref('stg_consent__events') }}
    where occurred_at < {{ as_of() }}
    union all
    select
        'privacy_requests',
        request_id,
        subject_type,
        subject_value,
        'advertising',
        request_type,
        null,
        null,
        requested_at
    from {{ ref('stg_consent__privacy_requests') }}
    where request_type = 'do_not_sell' and requested_at < {{ as_of() }}
),

contact_values as (
    select * from {{ ref('int_contact_value_keys') }}
),

terms as (
    select * from {{ ref('int_consent_terms') }}
),

farewells as (
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
),

judged as (
    select
        subjects.source_name,
        subjects.statement_id,
        -- A value that stands for no one person has no key here: that of its text would be a hash
        -- without a secret.
        case
            when subjects.subject_type in ('email', 'phone') then contact_values.identifier_key
            else {{ identifier_key('subjects.subject_type', 'subjects.subject_value') }}
        end as identifier_key,
        subjects.purpose,
        subjects.status,
        subjects.status = 'granted' as is_granted,
        subjects.status != 'granted' or coalesce(terms.is_accepted, false) as is_accepted,
        subjects.stated_at,
        case
            when subjects.status = 'granted'
                then subjects.stated_at + interval '1 day' * terms.valid_days
        end as valid_until
    from subjects
    left join contact_values
        on {{ is_holder_at(
            'contact_values', 'subjects.subject_type', 'subjects.subject_value', 'subjects.stated_at'
        ) }}
    left join terms
        on
            {{ policy_word('subjects.jurisdiction') }} = terms.jurisdiction
            and {{ policy_word('subjects.legal_basis') }} = terms.legal_basis
            and subjects.purpose = terms.purpose
)

select
    source_name,
    statement_id,
    identifier_key,
    purpose,
    status,
    is_granted,
    is_accepted,
    stated_at,
    -- An end at as_of or later lies in the future.
    case when valid_until < {{ as_of() }} then valid_until end as expired_at
from judged
union all
select
    'esp_events' as source_name,
    event_id as statement_id,
    {{ identifier_key("'subscriber_id'", 'subscriber_id') }} as identifier_key,
    'email_marketing' as purpose,
    event_type as status,
    false as is_granted,
    true as is_accepted,
    occurred_at as stated_at,
    cast(null as timestamp) as expired_at
from farewells
