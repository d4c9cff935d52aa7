-- Grain: one row per component with its customer: the one its members held, or a new one.
with

members as (
    select * from {{ ref('int_component_members') }}
),

known as (
    select * from {{ ref('int_known_assignments') }}
),

recycled as (
    select distinct identifier_key from {{ ref('int_mailbox_tenures') }}
),

-- A customer that was split goes on in its largest part, then in its oldest. An address that proves
-- to be another's says less than what stayed: its first holder may be delivered after the second.
claims as (
    select
        held.customer_id,
        members.component_key
    from members
    inner join {{ ref('int_held_customers') }} as held
        on members.identifier_key = held.identifier_key
    left join recycled
        on members.identifier_key = recycled.identifier_key
    group by 1, 2
    qualify row_number() over (
        partition by held.customer_id
        order by
            count(*) - count(recycled.identifier_key) desc, count(*) desc,
            min(members.first_seen_at) asc, members.component_key asc
    ) = 1
),

ages as (
    select
        customer_id,
        min(first_seen_at) as first_seen_at
    from known
    group by 1
),

-- Of customers that were merged the oldest stays.
kept as (
    select
        claims.component_key,
        claims.customer_id
    from claims
    inner join ages
        on claims.customer_id = ages.customer_id
    qualify row_number() over (
        partition by claims.component_key
        order by ages.first_seen_at, claims.customer_id
    ) = 1
),

founded as (
    select
        founder_key,
        count(distinct customer_id) as customer_count
    from known
    group by 1
),

components as (
    select distinct
        component_key,
        founder_key
    from members
)

select
    components.component_key,
    components.founder_key,
    coalesce(
        kept.customer_id,
        {{ customer_id_of('components.founder_key', 'coalesce(founded.customer_count, 0)') }}
    ) as customer_id
from components
left join kept
    on components.component_key = kept.component_key
left join founded
    on components.founder_key = founded.founder_key
