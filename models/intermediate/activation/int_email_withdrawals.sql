-- Grain: one row per subscriber that may not be mailed because someone said so: the first such
-- statement after the last consent.
with

purpose as (
    select managed_from from {{ ref('int_consent_purposes') }}
    where purpose = 'email_marketing'
),

subscribers as (
    select
        subscribers.subscriber_id,
        subscribers.subscribed_at,
        customers.identifier_key,
        customers.customer_id
    from {{ ref('stg_esp__subscribers') }} as subscribers
    inner join {{ ref('int_identifier_customers') }} as customers
        on
            {{ identifier_key("'subscriber_id'", 'subscribers.subscriber_id') }}
            = customers.identifier_key
    where subscribers.subscribed_at < {{ as_of() }}
),

statements as (
    select
        customers.customer_id,
        statements.identifier_key,
        case statements.source_name when 'esp_events' then 'esp_' else 'consent_' end
        || statements.status as reason,
        statements.is_granted,
        statements.stated_at
    from {{ ref('int_consent_statements') }} as statements
    inner join {{ ref('int_identifier_customers') }} as customers
        on statements.identifier_key = customers.identifier_key
    where statements.purpose = 'email_marketing'
),

-- Of statements in the same instant the strictest counts.
binding as (
    select
        subscribers.subscriber_id,
        statements.stated_at,
        min(case when statements.is_granted then 1 else 0 end) = 1 as is_granted,
        min(case when not statements.is_granted then statements.reason end) as reason
    from subscribers
    inner join statements
        on subscribers.customer_id = statements.customer_id
    cross join purpose
    where
        -- Managed, the customer is bound by whatever it said; unmanaged, a subscriber by what it
        -- did since it last subscribed.
        purpose.managed_from is not null
        or (
            subscribers.identifier_key = statements.identifier_key
            and subscribers.subscribed_at <= statements.stated_at
        )
    group by 1, 2
),

dated as (
    select
        *,
        max(case when is_granted then stated_at end)
            over (partition by subscriber_id) as last_granted_at
    from binding
)

select
    subscriber_id,
    reason,
    stated_at
from dated
where not is_granted and (last_granted_at is null or last_granted_at < stated_at)
qualify row_number() over (partition by subscriber_id order by stated_at) = 1
