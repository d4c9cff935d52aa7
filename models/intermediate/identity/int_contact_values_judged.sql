{{ config(schema='pii') }}

-- Grain: one row per identifier type, raw value and region, with the reason if it may identify
-- nobody.
with

contact_values as (
    select
        *,
        -- A tag makes no person's mailbox of a role's, whoever provides it.
        split_part(split_part(normalised_value, '@', 1), '+', 1) as untagged_part
    from {{ ref('int_contact_values_normalised') }}
),

refusals as (
    select * from {{ ref('refused_emails') }}
),

seen_domains as (
    select distinct domains from contact_values
    where domains is not null
),

domains as (
    select
        domains,
        {{ split_to_rows('domains', ' ') }} as domain
    from seen_domains
),

disposable as (
    select distinct domains.domains
    from domains
    inner join {{ ref('disposable_domains') }} as disposable_domains
        on domains.domain = disposable_domains.domain
)

select
    contact_values.identifier_type,
    contact_values.raw_value,
    contact_values.region,
    contact_values.identifier_value,
    contact_values.reported_value,
    {{ identifier_key(
        'contact_values.identifier_type', 'contact_values.identifier_value'
    ) }} as identifier_key,
    case
        when words.value is not null then 'placeholder'
        when
            phones.national_number is not null
            or {{ fits_pattern('contact_values.digits', '0+|1+|2+|3+|4+|5+|6+|7+|8+|9+') }}
            then 'placeholder'
        when addresses.reason is not null then addresses.reason
        when contact_values.normalised_value is null then 'unreadable'
        when local_parts.reason is not null then local_parts.reason
        when disposable.domains is not null then 'disposable_domain'
    end as refusal_reason
from contact_values
left join {{ ref('refused_ids') }} as words
    on contact_values.cleaned_value = words.value
left join {{ ref('refused_phones') }} as phones
    on contact_values.digits = phones.national_number
left join refusals as addresses
    on
        addresses.part = 'address'
        and contact_values.identifier_type = 'email'
        and contact_values.cleaned_value = addresses.value
left join refusals as local_parts
    on
        local_parts.part = 'local_part'
        and contact_values.identifier_type = 'email'
        and contact_values.untagged_part = local_parts.value
left join disposable
    on contact_values.domains = disposable.domains
