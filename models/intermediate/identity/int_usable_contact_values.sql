{{ config(schema='pii') }}

-- Grain: one row per raw e-mail address or phone number and region that stands for one person
-- alone.
select
    judged.identifier_type,
    judged.raw_value,
    judged.region,
    judged.identifier_key,
    judged.identifier_value
from {{ ref('int_contact_values_judged') }} as judged
left join {{ ref('int_shared_identifiers') }} as shared
    on judged.identifier_key = shared.identifier_key
where judged.refusal_reason is null and shared.identifier_key is null
