{{ config(schema='pii') }}

-- Grain: one row per raw e-mail address or phone number that means one person wherever it stands,
-- and holder in turn: a number without its country is read as those who gave one wrote it.
select
    identifier_type,
    raw_value,
    valid_from,
    valid_to,
    min(identifier_key) as identifier_key
from {{ ref('int_usable_contact_values') }}
group by 1, 2, 3, 4
having count(distinct identifier_key) = 1
