-- Grain: one row per event of another channel before as_of, with the identifier it reached.
with

identifiers as (
    select identifier_key from {{ ref('int_identifiers') }}
),

contact_values as (
    select * from {{ ref('int_contact_value_keys') }}
),

events as {{ not_kept() }} (
    select
        event_id,
        {{ identifier_key("'shop_customer_id'", 'user_id') }} as account_key,
        {{ identifier_key("'anonymous_id'", 'anonymous_id') }} as device_key,
        email,
        phone,
        channel,
        campaign_id,
        event_type,
        occurred_at
    from {{ ref('stg_channels__events') }}
    where occurred_at < {{ as_of() }}
),

-- DuckDB takes the events for few, and would build the side of a join that is held of them all.
known as {{ not_kept() }} (
    select
        *,
        account_key in (select identifier_key from identifiers) as has_account,
        device_key in (select identifier_key from identifiers) as has_device
    from events
),

held as (
    select
        known.*,
        coalesce(emails.identifier_key, phones.identifier_key) as contact_key
    from known
    left join contact_values as emails
        on {{ is_holder_at('emails', "'email'", 'known.email', 'known.occurred_at') }}
    left join contact_values as phones
        on {{ is_holder_at('phones', "'phone'", 'known.phone', 'known.occurred_at') }}
    where known.email is not null or known.phone is not null
    union all
    select
        known.*,
        null as contact_key
    from known
    where known.email is null and known.phone is null
)

select
    event_id,
    -- The strongest identifier; a device only where nothing else is known.
    case
        when has_account then account_key
        when contact_key is not null then contact_key
        when has_device then device_key
    end as identifier_key,
    channel,
    campaign_id,
    event_type,
    occurred_at
from held
