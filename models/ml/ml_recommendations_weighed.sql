{{ config(materialized = 'view') }}
{% set weights, parts = var('objective_weights'), added_parts('described') -%}
-- Grain: one row per purpose, customer, list and product of the ranker that the rules leave. To the
-- ranker's score, objectives and rules add parts of the spread of all scores in the list.
with

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

ranked as (
    select * from {{ ref('ml_recommendations_chosen') }}
),

spreads as (
    select
        purpose,
        customer_key,
        list_name,
        -- Where all scores are equal, whatever is added decides.
        case when max(score) > min(score) then max(score) - min(score) else 1 end as spread
    from ranked
    group by 1, 2, 3
),

effects as (
    select
        purpose,
        list_name,
        product_key,
        max(case effect when 'exclude' then 1 else 0 end) = 1 as is_excluded,
        max(case effect when 'rebuy' then amount end) as rebuy_days,
        sum(case effect when 'boost' then amount when 'bury' then -amount else 0 end) as boost,
        {{ distinct_values("case when effect in ('boost', 'bury') then rule_id end") }} as rules
    from {{ ref('ml_product_rules') }}
    group by 1, 2, 3
),

limits as (
    select
        lists.list_name,
        max({{ rule_number('ranges.lowest_share') }}) as lowest_share,
        min({{ rule_number('ranges.highest_share') }}) as highest_share
    from {{ ref('price_ranges') }} as ranges
    inner join lists
        on ranges.list_name in (lists.list_name, 'all')
    group by 1
),

described as (
    select
        ranked.*,
        spreads.spread,
        products.category_key,
        coalesce(activity.repeat_rate, 0) as repeat_rate,
        -- What it costs now, or had cost by then, against what the customer pays; 1 if unknown.
        coalesce({{ ratio(
            "case when ranked.purpose = 'score' then coalesce(products.price, activity.price_paid)
                else activity.price_paid end",
            'customers.price_paid'
        ) }}, 1) as relative_price,
        coalesce(effects.boost, 0) as boost,
        effects.rules
    from ranked
    inner join spreads
        on
            ranked.purpose = spreads.purpose
            and ranked.customer_key = spreads.customer_key
            and ranked.list_name = spreads.list_name
    inner join {{ ref('ml_products') }} as products
        on ranked.product_key = products.product_key
    left join {{ ref('ml_product_activity') }} as activity
        on
            ranked.purpose = activity.purpose
            and ranked.product_key = activity.product_key
    left join {{ ref('ml_customer_activity') }} as customers
        on
            ranked.purpose = customers.purpose
            and ranked.customer_key = customers.customer_key
    left join effects
        on
            ranked.purpose = effects.purpose
            and ranked.list_name = effects.list_name
            and ranked.product_key = effects.product_key
    left join {{ ref('ml_customer_products') }} as pairs
        on
            effects.rebuy_days is not null
            and ranked.purpose = pairs.purpose
            and ranked.customer_key = pairs.customer_key
            and ranked.product_key = pairs.product_key
    where
        not coalesce(effects.is_excluded, false)
        and not coalesce(pairs.last_days_ago < effects.rebuy_days, false)
)

select
    described.purpose,
    described.customer_key,
    described.list_name,
    described.product_key,
    described.category_key,
    described.rank as model_rank,
    {{ weights.conversion }} * described.score + described.spread * (
        {{ parts.values() | join(' + ') }}
    ) as score,
    {% for term, part in parts.items() -%}
    described.spread * {{ part }} as {{ term }}_term,
    {% endfor -%}
    described.rules,
    described.source,
    described.collaborative_weight,
    described.model_version
from described
left join limits
    on described.list_name = limits.list_name
where
    coalesce(described.relative_price >= limits.lowest_share, true)
    and coalesce(described.relative_price <= limits.highest_share, true)
