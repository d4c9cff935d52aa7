{{ config(schema='pii') }}

-- Grain: one row per erasure request, role and identifier, as `personalization erase` keeps them in
-- the state; the same identifier's key beside it.
with

members as (
    select * from {{ ref('int_erasure_members') }}
),

named as (
    select
        *,
        {{ identifier_hash('subject_type', 'subject_value', 'null', 'subject') }} as identifier_hash
    from {{ ref('int_erasure_requests') }}
),

erased as (
    select
        request_id,
        requested_at,
        subject_type as identifier_type,
        identifier_hash,
        identifier_key
    from named
    union
    select
        members.request_id,
        members.requested_at,
        identifiers.identifier_type,
        case
            when identifiers.identifier_type in ('email', 'phone')
                then identifiers.identifier_value
            else {{ keyed_hash('identifiers.identifier_value') }}
        end as identifier_hash,
        members.identifier_key
    from members
    inner join {{ ref('int_identifiers') }} as identifiers
        on members.identifier_key = identifiers.identifier_key
    union
    -- A number in a row without a country has no normal form of its own.
    select
        members.request_id,
        members.requested_at,
        spellings.identifier_type,
        {{ keyed_hash('spellings.raw_value') }} as identifier_hash,
        members.identifier_key
    from members
    inner join {{ ref('int_contact_value_keys') }} as spellings
        on members.identifier_key = spellings.identifier_key
    where spellings.identifier_type = 'phone'
    union
    select
        members.request_id,
        members.requested_at,
        'order_id' as identifier_type,
        {{ keyed_hash('orders.order_id') }} as identifier_hash,
        cast(null as bigint) as identifier_key
    from members
    inner join {{ ref('int_orders') }} as orders
        on members.identifier_key = orders.owner_key
    where orders.ordered_at < members.requested_at
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
    min(identifier_key) as identifier_key,
    requested_at as erased_until,
    null as resolved_at
from erased
group by 1, 2, 3, 4, 6
union all
select
    request_id,
    role,
    identifier_type,
    identifier_hash,
    min(identifier_key) as identifier_key,
    null as erased_until,
    null as resolved_at
from ignored
group by 1, 2, 3, 4
