-- Grain: one row per order before as_of that is no test, in its own currency, with the rate into
-- the reporting one and the identifier that owns it.
with

orders as (
    select
        *,
        {{ identifier_key("'shop_customer_id'", 'shop_customer_id') }} as account_key,
        {{ identifier_key("'anonymous_id'", 'anonymous_id') }} as device_key
    from {{ ref('stg_shop__orders') }}
    where ordered_at < {{ as_of() }} and not coalesce(is_test, false)
),

capped as (
    select distinct identifier_key from {{ ref('int_capped_identifiers') }}
),

identifiers as (
    select
        identifiers.identifier_key,
        capped.identifier_key is not null as is_capped
    from {{ ref('int_identifiers') }} as identifiers
    left join capped
        on identifiers.identifier_key = capped.identifier_key
),

contact_values as (
    select * from {{ ref('int_contact_value_keys') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
)

select
    orders.order_id,
    -- The strongest identifier owns the order; a device only where nothing else does. The account
    -- of a till says less than the address that was given there.
    coalesce(
        case when not accounts.is_capped then accounts.identifier_key end,
        emails.identifier_key,
        phones.identifier_key,
        accounts.identifier_key,
        devices.identifier_key
    ) as owner_key,
    orders.currency,
    rates.rate,
    orders.total - coalesce(orders.tax_total, 0) - coalesce(orders.shipping_total, 0) as net_amount,
    coalesce(orders.discount_total, 0) as discount_amount,
    coalesce(orders.tax_total, 0) as tax_amount,
    coalesce(orders.shipping_total, 0) as shipping_amount,
    orders.ordered_at,
    case when orders.cancelled_at < {{ as_of() }} then orders.cancelled_at end as cancelled_at
from orders
left join identifiers as accounts
    on orders.account_key = accounts.identifier_key
left join contact_values as emails
    on {{ is_holder_at('emails', "'email'", 'orders.email', 'orders.ordered_at') }}
left join contact_values as phones
    on {{ is_holder_at('phones', "'phone'", 'orders.phone', 'orders.ordered_at') }}
left join identifiers as devices
    on orders.device_key = devices.identifier_key
left join rates
    on
        orders.currency = rates.currency
        and orders.ordered_at >= rates.valid_from
        and orders.ordered_at < rates.valid_to
