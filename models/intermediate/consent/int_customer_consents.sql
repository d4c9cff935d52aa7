-- Grain: one row per customer: what it may be used for as of as_of, by the contract's rule.
with

granted_subscribers as (
    select {{ identifier_key("'subscriber_id'", 'subscribers.subscriber_id') }} as identifier_key
    from {{ ref('stg_esp__subscribers') }} as subscribers
    where
        subscribers.status = 'subscribed'
        and subscribers.subscribed_at < {{ as_of() }}
        and not exists (
            select 1
            from {{ ref('int_consent_statements') }} as withdrawals
            where
                withdrawals.source_name = 'esp_events'
                and withdrawals.identifier_key
                = {{ identifier_key("'subscriber_id'", 'subscribers.subscriber_id') }}
                and withdrawals.stated_at >= subscribers.subscribed_at
        )
),

subscribed_customers as (
    select distinct customers.customer_id
    from granted_subscribers
    inner join {{ ref('int_identifier_customers') }} as customers
        on granted_subscribers.identifier_key = customers.identifier_key
),

current_consents as (
    select * from {{ ref('int_consents') }}
    where next_stated_at is null
),

judged as (
    select
        customers.customer_id,
        purposes.purpose,
        case
            when current_consents.is_final then false
            when purposes.managed_from is not null then coalesce(current_consents.is_granted, false)
            when purposes.unmanaged_rule = 'subscriber_status'
                then subscribed_customers.customer_id is not null
            else purposes.unmanaged_rule = 'granted'
        end as is_granted
    from {{ ref('int_customers') }} as customers
    cross join {{ ref('int_consent_purposes') }} as purposes
    left join current_consents
        on
            customers.customer_id = current_consents.customer_id
            and purposes.purpose = current_consents.purpose
    left join subscribed_customers
        on customers.customer_id = subscribed_customers.customer_id
)

select
    customer_id,
    {{ is_granted_for('email_marketing') }} as can_email,
    {{ is_granted_for('sms_marketing') }} as can_sms,
    {{ is_granted_for('push_marketing') }} as can_push,
    {{ is_granted_for('advertising') }} as can_advertise,
    {{ is_granted_for('profiling') }} as can_profile
from judged
group by 1
