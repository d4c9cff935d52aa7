{% set weights = var('affinity_weights') -%}
{% set half_life = var('affinity_half_life_days') -%}

-- Grain: one row per customer, moment, dimension (category, brand, price_band) and value in which
-- there was interest by then.
with

held as (
    {{ spine_identifiers() }}
),

products as (
    select
        product_id,
        split_part(category, ' > ', 1) as category,
        brand
    from {{ ref('int_products') }}
),

aged as (
    select
        held.customer_id,
        held.as_of,
        products.category,
        products.brand,
        interactions.kind,
        interactions.interaction_count,
        {{ dbt.datediff(
            'interactions.interaction_date', 'cast(held.as_of as date)', 'day'
        ) }} as age_days
    from held
    inner join {{ ref('int_interactions') }} as interactions
        on
            held.identifier_key = interactions.identifier_key
            and held.as_of > interactions.interaction_date
    inner join products
        on interactions.product_id = products.product_id
),

of_products as (
    select
        customer_id,
        as_of,
        category,
        brand,
        sum({{ decayed('interaction_count * case kind '
            ~ "when 'purchase' then " ~ weights.purchase
            ~ " when 'cancelled_purchase' then -" ~ weights.purchase
            ~ " when 'cart' then " ~ weights.cart
            ~ ' else ' ~ weights.view ~ ' end', 'age_days', half_life) }}) as weight
    from aged
    group by 1, 2, 3, 4
),

paid as (
    select
        orders.owner_key,
        orders.ordered_at,
        orders.cancelled_at,
        lines.quantity,
        {{ unit_price_paid('lines', 'orders') }} as unit_price
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders
        on lines.order_id = orders.order_id
    where lines.quantity > 0
),

interests as (
    {% for dimension in ['category', 'brand'] -%}
    select
        customer_id,
        as_of,
        '{{ dimension }}' as dimension,
        {{ dimension }} as value,
        sum(weight) as weight
    from of_products
    where {{ dimension }} is not null
    group by 1, 2, 3, 4
    union all
    {% endfor -%}
    select
        held.customer_id,
        held.as_of,
        'price_band' as dimension,
        cast(bands.price_band as varchar) as value,
        sum({{ decayed('paid.quantity', dbt.datediff(
            'cast(paid.ordered_at as date)', 'cast(held.as_of as date)', 'day'
        ), half_life) }}) as weight
    from held
    inner join paid
        on
            held.identifier_key = paid.owner_key
            and held.as_of > paid.ordered_at
            and (paid.cancelled_at is null or held.as_of <= paid.cancelled_at)
    inner join {{ ref('feat_price_bands') }} as bands
        on paid.unit_price >= bands.low_price and paid.unit_price < bands.high_price
    group by 1, 2, 3, 4
)

select
    customer_id,
    as_of,
    dimension,
    value,
    cast(weight as double) as weight,
    cast(weight as double) / cast(
        sum(weight) over (partition by customer_id, as_of, dimension) as double
    ) as share
from interests
-- What was cancelled, or is too long ago, leaves nothing.
where weight > 0
