-- Grain: one row per subscriber of the e-mail platform from before as_of: whether it may be mailed,
-- and if not, why and since when. The only door to sending.
with

-- The first farewell since they subscribed; later ones changed nothing.
departures as (
    select
        subscribers.subscriber_id,
        min(statements.stated_at) as left_at
    from {{ ref('stg_esp__subscribers') }} as subscribers
    inner join {{ ref('int_consent_statements') }} as statements
        on
            {{ identifier_key("'subscriber_id'", 'subscribers.subscriber_id') }}
            = statements.identifier_key
            and subscribers.subscribed_at <= statements.stated_at
    where statements.source_name = 'esp_events'
    group by 1
),

subscribers as (
    select
        subscribers.subscriber_id,
        customers.customer_id,
        subscribers.status,
        subscribers.subscribed_at,
        departures.left_at,
        -- The status of today may have been set from as_of on; then nobody knows when.
        case when subscribers.updated_at < {{ as_of() }} then subscribers.updated_at end
            as changed_at,
        -- A platform's list may lag behind the farewell it reported itself.
        coalesce(consents.can_email, false)
        and subscribers.status = 'subscribed'
        and withdrawals.reason is null as is_mailable,
        withdrawals.reason as withdrawn_reason,
        withdrawals.stated_at as withdrawn_at
    from {{ ref('stg_esp__subscribers') }} as subscribers
    left join {{ ref('int_identifier_customers') }} as customers
        on
            {{ identifier_key("'subscriber_id'", 'subscribers.subscriber_id') }}
            = customers.identifier_key
    left join {{ ref('int_customer_consents') }} as consents
        on customers.customer_id = consents.customer_id
    left join {{ ref('int_email_withdrawals') }} as withdrawals
        on subscribers.subscriber_id = withdrawals.subscriber_id
    left join departures
        on subscribers.subscriber_id = departures.subscriber_id
    where subscribers.subscribed_at < {{ as_of() }}
),

-- What a person said outranks what the platform says, and that outranks silence.
judged as (
    select
        *,
        case
            when is_mailable then null
            when customer_id is null then 'no_customer'
            when withdrawn_reason is not null then withdrawn_reason
            when status != 'subscribed' then 'status_' || status
            else 'no_consent'
        end as refused_reason
    from subscribers
)

select
    subscriber_id,
    customer_id,
    is_mailable,
    refused_reason,
    case
        when is_mailable then null
        when refused_reason = withdrawn_reason then withdrawn_at
        when refused_reason = 'status_unsubscribed'
            then coalesce(left_at, changed_at, subscribed_at)
        when refused_reason = 'status_cleaned' then coalesce(changed_at, subscribed_at)
        else subscribed_at
    end as refused_since,
    -- Of several addresses the one given last is the likeliest to be read.
    is_mailable and row_number() over (
        partition by customer_id, is_mailable
        order by subscribed_at desc, subscriber_id asc
    ) = 1 as is_primary_address
from judged
