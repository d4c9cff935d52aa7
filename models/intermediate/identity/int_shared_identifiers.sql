-- Grain: one row per e-mail address or phone number that several people use: it links nobody.
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
