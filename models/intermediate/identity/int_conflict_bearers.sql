{{ config(schema='pii') }}

-- Grain: one row per identifier that links nobody, or not everybody, and customer whose rows bear
-- it.
with

bearers as (
    select
        records.email,
        records.phone,
        records.region,
        {{ accepted_id_key('contact_id') }} as contact_key,
        {{ accepted_id_key('shop_customer_id') }} as account_key,
        {{ accepted_id_key('subscriber_id') }} as subscriber_key,
        {{ accepted_id_key('anonymous_id') }} as device_key
    from {{ ref('int_identity_records') }} as records
    where coalesce(records.email, records.phone) is not null
),

borne as (
    select
        judged.identifier_type,
        judged.reported_value as identifier_value,
        coalesce(
            bearers.account_key, bearers.contact_key, bearers.subscriber_key, bearers.device_key
        ) as bearer_key
    from bearers
    inner join {{ ref('int_contact_values_judged') }} as judged
        on
            judged.identifier_type = 'email'
            and bearers.email = judged.raw_value
    union all
    select
        judged.identifier_type,
        judged.reported_value,
        coalesce(
            bearers.account_key, bearers.contact_key, bearers.subscriber_key, bearers.device_key
        )
    from bearers
    inner join {{ ref('int_contact_values_judged') }} as judged
        on
            judged.identifier_type = 'phone'
            and bearers.phone = judged.raw_value
            and bearers.region is not distinct from judged.region
    union all
    select
        'anonymous_id',
        records.anonymous_id,
        coalesce({{ accepted_id_key('shop_customer_id') }}, emails.identifier_key)
    from {{ ref('int_identity_records') }} as records
    left join {{ ref('int_contact_values_judged') }} as emails
        on
            emails.identifier_type = 'email'
            and records.email = emails.raw_value
    where
        records.anonymous_id is not null
        and coalesce(records.shop_customer_id, records.email) is not null
)

select distinct
    borne.identifier_type,
    borne.identifier_value,
    customers.customer_id
from borne
inner join {{ ref('int_identifier_customers') }} as customers
    on borne.bearer_key = customers.identifier_key
