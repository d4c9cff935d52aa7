-- Grain: one row per phone number that several people use, or too many: it links nobody.
with

carriers as (
    select
        phone_key as group_key,
        person_key
    from {{ ref('int_phone_carriers') }}
    where
        phone_key not in (
            select identifier_key from {{ ref('int_capped_identifiers') }}
            where identifier_type = 'phone'
        )
),

-- Of those who gave one number in one row each, names alone can tell two people apart.
several as (
    {{ groups_of_several_people('carriers') }}
)

select
    group_key as identifier_key,
    'shared_phone' as reason
from several
union
select
    identifier_key,
    'shared_phone'
from {{ ref('int_capped_identifiers') }}
where identifier_type = 'phone'
