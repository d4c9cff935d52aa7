{{ config(schema='pii') }}

-- Grain: one row per source table and distinct set of accepted identifiers and names that stood in
-- one of its rows, as keys. Restricted for its names.
with

records as (
    select * from {{ ref('int_identity_records') }}
),

accepted_values as (
    select * from {{ ref('int_contact_values_judged') }}
    where refusal_reason is null
)

select
    records.table_name,
    {{ accepted_id_key('contact_id') }} as contact_key,
    {{ accepted_id_key('shop_customer_id') }} as account_key,
    {{ accepted_id_key('subscriber_id') }} as subscriber_key,
    {{ accepted_id_key('anonymous_id') }} as device_key,
    emails.identifier_key as email_key,
    phones.identifier_key as phone_key,
    records.first_name,
    records.last_name,
    min(records.first_seen_at) as first_seen_at,
    max(records.last_seen_at) as last_seen_at
from records
left join accepted_values as emails
    on
        emails.identifier_type = 'email'
        and records.email = emails.raw_value
left join accepted_values as phones
    on
        phones.identifier_type = 'phone'
        and records.phone = phones.raw_value
        and records.region is not distinct from phones.region
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
