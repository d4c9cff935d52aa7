-- Grain: one row per identifier that several people use, or that carries too many others: it links
-- nobody.
with

shared as (
    select
        identifier_key,
        reason
    from {{ ref('int_mailbox_verdicts') }}
    where reason = 'shared_mailbox'
    union all
    select
        identifier_key,
        reason
    from {{ ref('int_shared_phones') }}
    union all
    select
        identifier_key,
        reason
    from {{ ref('int_chained_phones') }}
    union all
    select
        identifier_key,
        'too_many_' || carried_type || 's'
    from {{ ref('int_capped_identifiers') }}
)

select
    identifier_key,
    -- A cap outranks what else is wrong.
    max(reason) as reason
from shared
group by 1
