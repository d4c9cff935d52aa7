{{ config(schema='pii') }}

-- Grain: one row per erasure request and identifier, spelling or order of the person it is about,
-- with the times at which that was theirs.
with

members as (
    select * from {{ ref('int_erasure_members') }}
),

erased as (
    select
        request_id,
        requested_at,
        subject_type as identifier_type,
        {{ identifier_hash(
            'subject_type', 'subject_value', 'null', 'subject'
        ) }} as identifier_hash,
        identifier_key
    from {{ ref('int_erasure_requests') }}
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

-- A mailbox is theirs from its last holder to its next one.
held as (
    select
        erased.request_id,
        erased.identifier_type,
        erased.identifier_hash,
        erased.identifier_key,
        case when tenures.is_current then tenures.valid_from end as erased_from,
        least(
            erased.requested_at, coalesce(tenures.valid_to, erased.requested_at)
        ) as erased_until
    from erased
    left join {{ ref('int_mailbox_tenures') }} as tenures
        on erased.identifier_key = tenures.tenure_key
)

select
    request_id,
    identifier_type,
    identifier_hash,
    min(identifier_key) as identifier_key,
    -- Of one who is both of its holders, since ever.
    case when count(erased_from) = count(*) then min(erased_from) end as erased_from,
    max(erased_until) as erased_until
from held
group by 1, 2, 3
