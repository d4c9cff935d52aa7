-- Grain: one row per phone number that is fit by itself, but would make several people one through
-- other phones: two households meet in a guest. It links nobody.
with

carriers as (
    select
        components.component_key as group_key,
        carriers.person_key,
        carriers.phone_key
    from {{ ref('int_phone_carriers') }} as carriers
    inner join {{ ref('int_phone_components') }} as components
        on carriers.phone_key = components.node_key
),

members as (
    select distinct
        group_key,
        person_key
    from carriers
),

several as (
    {{ groups_of_several_people('members') }}
)

select
    carriers.phone_key as identifier_key,
    'chained_phone' as reason
from carriers
inner join several
    on carriers.group_key = several.group_key
group by 1
-- A phone of one person alone ties no knot.
having count(*) > 1
