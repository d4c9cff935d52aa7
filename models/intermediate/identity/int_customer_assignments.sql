{{
    config(
        materialized = 'incremental',
        incremental_strategy = 'append',
        schema = 'state',
        full_refresh = false
    )
}}

-- Grain: one row per identifier and change of its customer; the latest revision counts. Outlives
-- the warehouse: an id is assigned once and stays, whatever sorts before it later.
with

members as (
    select * from {{ ref('int_component_members') }}
),

known as (
    {% if is_incremental() -%}
    select * from {{ this }}
    where assigned_as_of <= {{ as_of() }}
    {%- else -%}
    select
        cast(null as bigint) as identifier_key,
        cast(null as bigint) as founder_key,
        cast(null as varchar) as customer_id,
        cast(null as integer) as revision,
        cast(null as timestamp) as first_seen_at
    where false
    {%- endif %}
),

held as (
    select
        identifier_key,
        customer_id,
        revision
    from known
    qualify row_number() over (partition by identifier_key order by revision desc) = 1
),

-- A customer that was split goes on in its largest part, then in its oldest.
claims as (
    select
        held.customer_id,
        members.component_key
    from members
    inner join held
        on members.identifier_key = held.identifier_key
    group by 1, 2
    qualify row_number() over (
        partition by held.customer_id
        order by count(*) desc, min(members.first_seen_at), members.component_key
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

assigned as (
    select
        members.identifier_key,
        members.founder_key,
        coalesce(
            kept.customer_id,
            {{ customer_id_of('members.founder_key', 'coalesce(founded.customer_count, 0)') }}
        ) as customer_id,
        members.first_seen_at
    from members
    left join kept
        on members.component_key = kept.component_key
    left join founded
        on members.founder_key = founded.founder_key
)

select
    assigned.identifier_key,
    assigned.founder_key,
    assigned.customer_id,
    cast(coalesce(held.revision, 0) + 1 as integer) as revision,
    assigned.first_seen_at,
    {{ as_of() }} as assigned_as_of
from assigned
left join held
    on assigned.identifier_key = held.identifier_key
where held.customer_id is distinct from assigned.customer_id
