{{ config(schema='pii') }}

-- Grain: one row per erasure request before as_of whose own row is not yet erased, with the
-- identifier that it names and, unless several people share that, the person's component.
with

requests as (
    select
        request_id,
        subject_type,
        subject_value,
        requested_at
    from {{ ref('stg_consent__privacy_requests') }}
    where request_type = 'erasure' and requested_at < {{ as_of() }}
),

-- Refused and shared ones too: whoever names such an address is told so.
contact_values as (
    select
        identifier_type,
        raw_value,
        min(identifier_key) as identifier_key,
        min(refusal_reason) as refusal_reason
    from {{ ref('int_contact_values_judged') }}
    where region is null
    group by 1, 2
),

usable as (
    select * from {{ ref('int_contact_value_keys') }}
),

named as (
    select
        requests.*,
        case
            when requests.subject_type in ('email', 'phone')
                then coalesce(usable.identifier_key, contact_values.identifier_key)
            else {{ identifier_key('requests.subject_type', 'requests.subject_value') }}
        end as identifier_key,
        contact_values.refusal_reason
    from requests
    left join usable
        on {{ is_holder_at(
            'usable', 'requests.subject_type', 'requests.subject_value', 'requests.requested_at'
        ) }}
    left join contact_values
        on
            requests.subject_type = contact_values.identifier_type
            and requests.subject_value = contact_values.raw_value
)

select
    named.request_id,
    named.subject_type,
    named.subject_value,
    named.requested_at,
    named.identifier_key,
    components.component_key,
    coalesce(named.refusal_reason, shared.reason) is null as is_one_person
from named
left join {{ ref('int_identifier_components') }} as components
    on named.identifier_key = components.identifier_key
left join {{ ref('int_shared_identifiers') }} as shared
    on named.identifier_key = shared.identifier_key
