-- Grain: one row per pair of customers between which this build moves identifiers, and why.
with

moved as (
    select
        held.customer_id as from_customer_id,
        customers.customer_id as to_customer_id,
        customers.component_key
    from {{ ref('int_component_members') }} as members
    inner join {{ ref('int_component_customers') }} as customers
        on members.component_key = customers.component_key
    inner join {{ ref('int_held_customers') }} as held
        on members.identifier_key = held.identifier_key
    where held.customer_id != customers.customer_id
    group by 1, 2, 3
),

kinds as (
    select
        moved.*,
        case when going_on.customer_id is null then 'merge' else 'split' end as kind
    from moved
    left join {{ ref('int_component_customers') }} as going_on
        on moved.from_customer_id = going_on.customer_id
),

-- The newest link between what the absorbed customer held and what it did not.
links as (
    select
        kinds.from_customer_id,
        kinds.to_customer_id,
        evidence.rule as reason,
        {{ link_in_words('evidence', 'sources', 'targets') }} as evidence,
        evidence.first_seen_at,
        evidence.source_key,
        evidence.target_key
    from kinds
    inner join {{ ref('int_identity_evidence') }} as evidence
        on kinds.component_key = evidence.component_key
    inner join {{ ref('int_identifiers') }} as sources
        on evidence.source_key = sources.identifier_key
    inner join {{ ref('int_identifiers') }} as targets
        on evidence.target_key = targets.identifier_key
    left join {{ ref('int_held_customers') }} as source_held
        on evidence.source_key = source_held.identifier_key
    left join {{ ref('int_held_customers') }} as target_held
        on evidence.target_key = target_held.identifier_key
    where
        kinds.kind = 'merge'
        and source_held.customer_id is distinct from target_held.customer_id
        and kinds.from_customer_id
        in (coalesce(source_held.customer_id, ''), coalesce(target_held.customer_id, ''))
    qualify row_number() over (
        partition by kinds.from_customer_id, kinds.to_customer_id
        order by evidence.first_seen_at desc, evidence.source_key asc, evidence.target_key asc
    ) = 1
),

-- What the split customer held and may no longer link by.
refusals as (
    select
        held.customer_id as from_customer_id,
        conflicts.reason,
        conflicts.identifier_type || ' ' || conflicts.identifier_value as evidence
    from {{ ref('int_identity_conflicts') }} as conflicts
    inner join {{ ref('int_held_customers') }} as held
        on conflicts.identifier_key = held.identifier_key
    where conflicts.reason != 'shared_device'
    qualify row_number() over (
        partition by held.customer_id order by conflicts.reason, conflicts.identifier_value
    ) = 1
)

select
    kinds.from_customer_id,
    kinds.to_customer_id,
    kinds.kind,
    coalesce(links.reason, refusals.reason, 'link_withdrawn') as reason,
    coalesce(links.evidence, refusals.evidence, 'no row says so any more') as evidence
from kinds
left join links
    on
        kinds.from_customer_id = links.from_customer_id
        and kinds.to_customer_id = links.to_customer_id
left join refusals
    on
        kinds.kind = 'split'
        and kinds.from_customer_id = refusals.from_customer_id
qualify row_number() over (
    partition by kinds.from_customer_id, kinds.to_customer_id order by kinds.component_key
) = 1
