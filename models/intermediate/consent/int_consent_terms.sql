-- Grain: one row per jurisdiction, legal basis and purpose that statements name, with the policy
-- that their grants fall under. A word that is missing falls under any.
with

named as (
    select distinct
        {{ policy_word('jurisdiction') }} as jurisdiction,
        {{ policy_word('legal_basis') }} as legal_basis,
        purpose
    from {{ ref('stg_consent__events') }}
),

policies as (
    select
        lower(jurisdiction) as jurisdiction,
        lower(legal_basis) as legal_basis,
        purpose,
        is_accepted,
        valid_days,
        case when jurisdiction = '*' then 0 else 1 end as names_jurisdiction,
        case when legal_basis = '*' then 0 else 1 end as names_basis,
        case when purpose = '*' then 0 else 1 end as names_purpose
    from {{ ref('consent_policies') }}
)

select
    named.jurisdiction,
    named.legal_basis,
    named.purpose,
    policies.is_accepted,
    policies.valid_days
from named
inner join policies
    on
        policies.jurisdiction in (named.jurisdiction, '*')
        and policies.legal_basis in (named.legal_basis, '*')
        and policies.purpose in (named.purpose, '*')
qualify row_number() over (
    partition by named.jurisdiction, named.legal_basis, named.purpose
    order by
        policies.names_jurisdiction + policies.names_basis + policies.names_purpose desc,
        policies.names_jurisdiction desc,
        policies.names_basis desc,
        policies.is_accepted asc,
        policies.valid_days asc
) = 1
