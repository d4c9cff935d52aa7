-- Grain: one row per subscriber that may not be mailed because someone said so, or because the last
-- consent ended by itself: the first such moment after the last consent.
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

worded as (
    select
        *,
        case source_name when 'esp_events' then 'esp_' else 'consent_' end || status as reason
    from {{ ref('int_consent_statements') }}
    where purpose = 'email_marketing' and is_accepted
),

statements as (
    select
        customers.customer_id,
        worded.*
    from worded
    inner join {{ ref('int_identifier_customers') }} as customers
        on worded.identifier_key = customers.identifier_key
    union all
    select
        denials.customer_id,
        worded.*
    from worded
    inner join {{ ref('int_unlinked_denials') }} as denials
        on
            worded.source_name = denials.source_name
            and worded.statement_id = denials.statement_id
),

-- Of statements in the same instant the strictest counts.
binding as (
    select
        subscribers.subscriber_id,
        statements.stated_at,
        min(case when statements.is_granted then 1 else 0 end) = 1 as is_granted,
        min(case when not statements.is_granted then statements.reason end) as reason,
        min(statements.expired_at) as expired_at
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
),

refusals as (
    select
        subscriber_id,
        reason,
        stated_at
    from dated
    where not is_granted and (last_granted_at is null or last_granted_at < stated_at)
    union all
    select
        subscriber_id,
        'consent_expired',
        expired_at
    from dated
    where is_granted and stated_at = last_granted_at and expired_at is not null
)

select
    subscriber_id,
    reason,
    stated_at
from refusals
qualify row_number() over (partition by subscriber_id order by stated_at, reason) = 1
