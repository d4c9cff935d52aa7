-- Grain: one row per identifier, product, day and kind of interaction before as_of; counts add up.
with

orders as (
    select * from {{ ref('int_orders') }}
    where owner_key is not null
),

-- Goods that were given away, or never handed over, say nothing of taste.
bought_lines as (
    select
        order_id,
        product_id,
        quantity,
        gross_amount - discount_amount as amount
    from {{ ref('int_order_lines') }}
    where quantity > 0 and gross_amount > discount_amount
),

interactions as (
    select
        orders.owner_key as identifier_key,
        lines.product_id,
        orders.ordered_at as acted_at,
        'purchase' as kind,
        lines.quantity,
        {{ converted('lines.amount', 'orders.rate') }} as paid_amount,
        0 as engaged_seconds
    from bought_lines as lines
    inner join orders
        on lines.order_id = orders.order_id
    union all
    -- A cancellation takes a purchase back from its own day on, so that past moments still know it.
    select
        orders.owner_key,
        lines.product_id,
        orders.cancelled_at,
        'cancelled_purchase',
        lines.quantity,
        0,
        0
    from bought_lines as lines
    inner join orders
        on lines.order_id = orders.order_id
    where orders.cancelled_at is not null
    union all
    select
        -- Who is logged in acted, whatever device it was on.
        coalesce(
            accounts.identifier_key,
            {{ identifier_key("'anonymous_id'", 'events.anonymous_id') }}
        ),
        events.product_id,
        events.occurred_at,
        case events.event_name when 'product_viewed' then 'view' else 'cart' end,
        1,
        0,
        -- A page left open is not looked at: so much of it counts.
        least(coalesce(events.engaged_seconds, 0), {{ var('engaged_seconds_at_most') }})
    from {{ ref('stg_web__events') }} as events
    left join {{ ref('int_identifiers') }} as accounts
        on {{ identifier_key("'shop_customer_id'", 'events.user_id') }} = accounts.identifier_key
    where
        events.event_name in ('product_viewed', 'product_added')
        and events.product_id is not null
    union all
    select
        identifier_key,
        product_id,
        occurred_at,
        'click',
        1,
        0,
        0
    from {{ ref('int_mail_events') }}
    where event_type = 'click' and not is_machine and product_id is not null
    union all
    select
        identifier_key,
        product_id,
        reviewed_at,
        'praise',
        1,
        0,
        0
    from {{ ref('int_ratings') }}
    where rating >= {{ var('praise_from_stars') }} and identifier_key is not null
)

select
    identifier_key,
    product_id,
    cast(acted_at as date) as interaction_date,
    kind,
    count(*) as interaction_count,
    sum(quantity) as quantity,
    -- Null if the currency of any of the day's orders has no rate: part of a sum is none.
    {{ as_money('case when count(*) = count(paid_amount) then sum(paid_amount) end') }}
        as paid_amount,
    cast(sum(engaged_seconds) as decimal(18, 2)) as engaged_seconds
from interactions
-- Last: before the joins, the engine takes it for a filter that leaves next to nothing.
where acted_at < {{ as_of() }}
group by 1, 2, 3, 4
-- What one did lies together: whoever counts by customer finds it in the cache.
order by identifier_key
