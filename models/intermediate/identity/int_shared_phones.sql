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

-- A number in the rows of two accounts or two contacts is shared, whoever they are.
crowded as (
    select phone_key
    from {{ ref('int_email_links') }}
    where phone_key is not null
    group by 1
    having count(distinct account_key) > 1 or count(distinct contact_key) > 1
),

several as (
    {{ groups_of_several_people('carriers') }}
)

select
    group_key as identifier_key,
    'shared_phone' as reason
from several
union
select
    phone_key,
    'shared_phone'
from crowded
union
select
    identifier_key,
    'shared_phone'
from {{ ref('int_capped_identifiers') }}
where identifier_type = 'phone'
