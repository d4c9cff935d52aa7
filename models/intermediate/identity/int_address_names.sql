{{ config(schema='pii') }}

-- Grain: one row per accepted e-mail address whose first word is somebody's first name, and that
-- name. Restricted for its names.
with

-- What three people are called is a name and no slip; an initial is none.
first_names as (
    select first_name
    from {{ ref('int_identity_links') }}
    where length(first_name) > 2
    group by 1
    having count(distinct coalesce(account_key, contact_key)) >= 3
),

addresses as (
    select distinct
        judged.identifier_key,
        split_part(
            translate(split_part(normalised.normalised_value, '@', 1), '_-+', '...'), '.', 1
        ) as first_word
    from {{ ref('int_contact_values_judged') }} as judged
    inner join {{ ref('int_contact_values_normalised') }} as normalised
        on
            judged.identifier_type = normalised.identifier_type
            and judged.raw_value = normalised.raw_value
    where judged.identifier_type = 'email' and judged.refusal_reason is null
)

select
    addresses.identifier_key as email_key,
    first_names.first_name
from addresses
inner join first_names
    on {{ plain_name("trim(addresses.first_word, '0123456789')") }} = first_names.first_name
