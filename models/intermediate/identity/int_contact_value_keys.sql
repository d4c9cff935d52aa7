{{ config(schema='pii') }}

-- Grain: one row per raw e-mail address or phone number that means one person wherever it stands,
-- and span of time in which it does: a number without its country is read as those who gave one
-- wrote it.
select
    identifier_type,
    raw_value,
    min(identifier_key) as identifier_key,
    cast('1900-01-01' as timestamp) as valid_from,
    cast('2200-01-01' as timestamp) as valid_to
from {{ ref('int_usable_contact_values') }}
group by 1, 2
having count(distinct identifier_key) = 1
