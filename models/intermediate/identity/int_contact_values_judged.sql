{{ config(schema='pii') }}

-- Grain: one row per identifier type, raw value and region, with the reason if it may identify
-- nobody.
with

contact_values as (
    select
        *,
        split_part(normalised_value, '@', 1) as local_part
    from {{ ref('int_contact_values_normalised') }}
),

refusals as (
    select * from {{ ref('refused_emails') }}
)

select
    contact_values.identifier_type,
    contact_values.raw_value,
    contact_values.region,
    contact_values.identifier_value,
    {{ identifier_key(
        'contact_values.identifier_type', 'contact_values.identifier_value'
    ) }} as identifier_key,
    case
        when contact_values.identifier_value is null then 'unreadable'
        else coalesce(addresses.reason, local_parts.reason)
    end as refusal_reason
from contact_values
left join refusals as addresses
    on
        contact_values.identifier_type = 'email'
        and addresses.part = 'address'
        and contact_values.normalised_value = addresses.value
left join refusals as local_parts
    on
        contact_values.identifier_type = 'email'
        and local_parts.part = 'local_part'
        and contact_values.local_part = local_parts.value
