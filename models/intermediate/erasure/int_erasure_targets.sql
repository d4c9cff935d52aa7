{{ config(schema='pii') }}

-- Grain: one row per erasure request, role and identifier, as `personalization erase` keeps them in
-- the state; the same identifier's key beside it.
with

named as (
    select
        *,
        {{ identifier_hash('subject_type', 'subject_value', 'null', 'subject') }} as identifier_hash
    from {{ ref('int_erasure_requests') }}
),

ignored as (
    select
        request_id,
        -- A cap that the person helped to exceed stays exceeded: others are linked as before.
        case when {{ is_refused_by_a_cap('reason') }} then 'shared' else 'nobody' end as role,
        identifier_type,
        {{ identifier_hash(
            'identifier_type', 'raw_value', 'region', 'subject'
        ) }} as identifier_hash,
        identifier_key
    from {{ ref('int_erasure_sightings') }}
    union
    select
        request_id,
        'nobody' as role,
        subject_type,
        identifier_hash,
        identifier_key
    from named
    where not is_one_person
)

select
    request_id,
    'request' as role,
    'request_id' as identifier_type,
    {{ keyed_hash('request_id') }} as identifier_hash,
    cast(null as bigint) as identifier_key,
    cast(null as timestamp) as erased_from,
    requested_at as erased_until,
    -- By the moment it was made: when it was carried out differs from build to build.
    case when is_one_person then requested_at end as resolved_at
from named
union all
select
    request_id,
    'erased' as role,
    identifier_type,
    identifier_hash,
    identifier_key,
    erased_from,
    erased_until,
    null as resolved_at
from {{ ref('int_erasure_identifiers') }}
union all
select
    request_id,
    role,
    identifier_type,
    identifier_hash,
    min(identifier_key) as identifier_key,
    null as erased_from,
    null as erased_until,
    null as resolved_at
from ignored
group by 1, 2, 3, 4
