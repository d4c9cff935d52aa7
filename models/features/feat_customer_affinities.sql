{% set half_life = var('affinity_half_life_days') -%}
-- Grain: one row per customer, moment, dimension (category, brand, price_band) and value in which
-- there was interest by then.
with

held as (
    {{ spine_identifiers() }}
),

moments as (
    {{ moments_of('held') }}
),

-- A number stands for each pair of category and brand: text keys cost twice.
products as (
    select
        product_id,
        split_part(category, ' > ', 1) as category,
        brand,
        dense_rank() over (order by split_part(category, ' > ', 1), brand) as pair_number
    from {{ ref('int_products') }}
),

pair_values as (
    {% for dimension in ['category', 'brand'] -%}
    select distinct
        pair_number,
        '{{ dimension }}' as dimension,
        {{ dimension }} as value
    from products
    where {{ dimension }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

interactions as (
    select
        held.customer_key,
        products.pair_number,
        facts.interaction_date,
        cast({{ taste_weight('facts') }} as double) as weight
    from {{ ref('int_interactions') }} as facts
    inner join held
        on facts.identifier_key = held.identifier_key
    inner join products
        on facts.product_id = products.product_id
),

pairs as (
    select
        moments.moment_number,
        interactions.pair_number,
        sum({{ decayed('interactions.weight', dbt.datediff(
            'interactions.interaction_date', 'cast(moments.as_of as date)', 'day'
        ), half_life) }}) as weight
    from moments
    inner join interactions
        on
            moments.customer_key = interactions.customer_key
            and moments.as_of > interactions.interaction_date
    group by 1, 2
),

paid as (
    {{ paid_in_price_bands('held') }}
),

interests as (
    select
        pairs.moment_number,
        pair_values.dimension,
        pair_values.value,
        sum(pairs.weight) as weight
    from pairs
    inner join pair_values
        on pairs.pair_number = pair_values.pair_number
    group by 1, 2, 3
    union all
    select
        moments.moment_number,
        'price_band' as dimension,
        cast(paid.price_band as varchar) as value,
        sum(paid.line_count * {{ decayed('paid.quantity', dbt.datediff(
            'cast(paid.ordered_at as date)', 'cast(moments.as_of as date)', 'day'
        ), half_life) }}) as weight
    from moments
    inner join paid
        on
            moments.customer_key = paid.customer_key
            and moments.as_of > paid.ordered_at
            and (paid.cancelled_at is null or moments.as_of <= paid.cancelled_at)
    group by 1, 2, 3
),

-- What was cancelled, or is too long ago, leaves nothing.
totals as (
    select
        moment_number,
        dimension,
        sum(weight) as weight
    from interests
    where weight > 0
    group by 1, 2
)

select
    moments.customer_id,
    moments.as_of,
    interests.dimension,
    interests.value,
    cast(interests.weight as double) as weight,
    cast(interests.weight as double) / cast(totals.weight as double) as share
from interests
inner join totals
    on
        interests.moment_number = totals.moment_number
        and interests.dimension = totals.dimension
inner join moments
    on interests.moment_number = moments.moment_number
where interests.weight > 0
