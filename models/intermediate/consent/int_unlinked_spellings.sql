{{ config(schema='pii') }}

-- Grain: one row per denial by an address or number that stands for no one person (shared, refused,
-- unreadable or of unclear country), and text and country in which that value arrived.
with

subjects as (
    select
        'consent_events' as source_name,
        consent_event_id as statement_id,
        subject_type,
        subject_value
    from {{ ref('stg_consent__events') }}
    where subject_type in ('email', 'phone')
    union all
    select
        'privacy_requests',
        request_id,
        subject_type,
        subject_value
    from {{ ref('stg_consent__privacy_requests') }}
    where subject_type in ('email', 'phone')
),

denials as (
    select subjects.*
    from {{ ref('int_consent_statements') }} as statements
    inner join subjects
        on
            statements.source_name = subjects.source_name
            and statements.statement_id = subjects.statement_id
    left join {{ ref('int_identifier_customers') }} as customers
        on statements.identifier_key = customers.identifier_key
    where not statements.is_granted and customers.identifier_key is null
),

-- A value that can't be read is its own text.
contact_values as (
    select
        identifier_type,
        raw_value,
        region,
        coalesce(
            identifier_key, {{ identifier_key('identifier_type', 'raw_value') }}
        ) as value_key
    from {{ ref('int_contact_values_judged') }}
)

select distinct
    denials.source_name,
    denials.statement_id,
    alike.identifier_type,
    alike.raw_value,
    alike.region
from denials
inner join contact_values as named
    on
        denials.subject_type = named.identifier_type
        and denials.subject_value = named.raw_value
inner join contact_values as alike
    on named.value_key = alike.value_key
