-- Grain: one row per event of another channel before as_of, with the identifier it reached.
with

events as (
    select
        *,
        {{ identifier_key("'shop_customer_id'", 'user_id') }} as account_key,
        {{ identifier_key("'anonymous_id'", 'anonymous_id') }} as device_key
    from {{ ref('stg_channels__events') }}
    where occurred_at < {{ as_of() }}
),

contact_values as (
    select * from {{ ref('int_contact_value_keys') }}
),

identifiers as (
    select * from {{ ref('int_identifiers') }}
)

select
    events.event_id,
    -- The strongest identifier; a device only where nothing else is known.
    coalesce(
        accounts.identifier_key,
        emails.identifier_key,
        phones.identifier_key,
        devices.identifier_key
    ) as identifier_key,
    events.channel,
    events.campaign_id,
    events.event_type,
    events.occurred_at
from events
left join identifiers as accounts
    on events.account_key = accounts.identifier_key
left join contact_values as emails
    on {{ is_holder_at('emails', "'email'", 'events.email', 'events.occurred_at') }}
left join contact_values as phones
    on {{ is_holder_at('phones', "'phone'", 'events.phone', 'events.occurred_at') }}
left join identifiers as devices
    on events.device_key = devices.identifier_key
