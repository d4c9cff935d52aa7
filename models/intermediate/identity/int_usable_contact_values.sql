{{ config(schema='pii') }}

-- Grain: one row per raw e-mail address or phone number, region and holder in turn that it stands
-- for, half open in time.
select
    judged.identifier_type,
    judged.raw_value,
    judged.region,
    judged.identifier_value,
    coalesce(tenures.tenure_key, judged.identifier_key) as identifier_key,
    coalesce(tenures.is_current, true) as is_current,
    coalesce(tenures.valid_from, cast('1900-01-01' as timestamp)) as valid_from,
    coalesce(tenures.valid_to, cast('2200-01-01' as timestamp)) as valid_to
from {{ ref('int_contact_values_judged') }} as judged
left join {{ ref('int_shared_identifiers') }} as shared
    on judged.identifier_key = shared.identifier_key
left join {{ ref('int_mailbox_tenures') }} as tenures
    on judged.identifier_key = tenures.identifier_key
where judged.refusal_reason is null and shared.identifier_key is null
