{{ config(materialized = 'view') }}
{% set days = ('pairs.last_days_ago', 'pairs.first_days_ago') -%}
{% set due = due_ratio('pairs.purchase_days', *days) -%}
{% set often = ratio('(pairs.purchase_days - 1)', '(' ~ days[1] ~ ' - ' ~ days[0] ~ ')') -%}
-- Grain: one row per purpose, customer and candidate, with all that the ranker knows of it by then;
-- at moments that it only learns from, a share of those that were not bought.
with

candidates as (
    select
        candidates.purpose,
        candidates.customer_key,
        candidates.product_key,
        {% for model in candidate_models() -%}
        candidates.{{ model }}_score,
        {% endfor -%}
        candidates.model_count,
        labels.product_key is not null as is_bought,
        -- All that was bought, and a share of the rest, spread evenly. It is drawn by the ids: a
        -- customer or product that is new moves every key behind it, but no draw.
        labels.product_key is not null
        or mod(customers.draw_number + products.draw_number, 10000)
        < 10000 * {{ var('trained_negatives_share') }} as is_learned_from
    from {{ ref('ml_candidates') }} as candidates
    inner join {{ ref('ml_customers') }} as customers
        on candidates.customer_key = customers.customer_key
    inner join {{ ref('ml_products') }} as products
        on candidates.product_key = products.product_key
    left join {{ ref('ml_recommendation_labels') }} as labels
        on
            candidates.purpose = labels.purpose
            and candidates.customer_key = labels.customer_key
            and candidates.product_key = labels.product_key
)

select
    candidates.*,
    coalesce(pairs.was_ordered, false) as was_ordered,
    pairs.purchase_days,
    pairs.last_days_ago,
    pairs.first_days_ago,
    pairs.seen_days_ago,
    case
        when pairs.purchase_days > 1
            then
                cast(pairs.first_days_ago - pairs.last_days_ago as double)
                / (pairs.purchase_days - 1)
    end as gap_days,
    {{ due }} as due_ratio,
    -- Likely in the label window if so frequent; less, the longer overdue. least() skips nulls.
    case
        when {{ due }} is not null
            then
                least(1.0, {{ var('label_days') }} * {{ often }})
                * power(0.5, greatest(0.0, {{ due }} - 1))
    end as due_score,
    pairs.taste_15,
    pairs.taste_60,
    pairs.taste_120,
    {{ ratio('pairs.taste_60', 'customers.taste_60') }} as taste_share,
    {{ ratio('pairs.purchase_days', 'customers.order_days') }} as order_share,
    {{ ratio('pairs.purchase_days * customers.first_order_days_ago',
        'customers.order_days * pairs.first_days_ago') }} as order_share_since,
    products.price_paid,
    {{ ratio('products.price_paid', 'customers.price_paid') }} as relative_price,
    products.buyers_share,
    products.buyers_7_share,
    products.buyers_14_share,
    products.buyers_30_share,
    products.buyers_90_share,
    products.new_buyers_7_share,
    products.new_buyers_30_share,
    products.trend,
    products.repeat_rate,
    products.first_purchase_rate,
    products.last_days_ago as product_last_days_ago,
    products.first_days_ago as product_first_days_ago,
    products.kind_share,
    {% for dimension in ['kind', 'category', 'brand'] -%}
    {{ dimension }}_tastes.taste_share as {{ dimension }}_taste_share,
    {% endfor -%}
    kind_tastes.last_days_ago as kind_last_days_ago,
    kind_tastes.due_ratio as kind_due_ratio,
    kind_tastes.product_count as kind_product_count,
    kind_tastes.new_product_count as kind_new_product_count,
    customers.taste_count,
    customers.order_days,
    customers.order_days_30,
    customers.order_days_90,
    customers.last_order_days_ago,
    customers.first_order_days_ago,
    customers.product_count,
    customers.purchase_count,
    customers.new_product_count,
    {{ ratio('customers.purchase_count', 'customers.order_days') }} as basket_size
from candidates
inner join {{ ref('ml_products') }} as described
    on candidates.product_key = described.product_key
left join {{ ref('ml_customer_products') }} as pairs
    on
        candidates.purpose = pairs.purpose
        and candidates.customer_key = pairs.customer_key
        and candidates.product_key = pairs.product_key
left join {{ ref('ml_product_activity') }} as products
    on
        candidates.purpose = products.purpose
        and candidates.product_key = products.product_key
left join {{ ref('ml_customer_activity') }} as customers
    on
        candidates.purpose = customers.purpose
        and candidates.customer_key = customers.customer_key
{% for dimension in ['kind', 'category', 'brand'] -%}
left join {{ ref('ml_customer_tastes') }} as {{ dimension }}_tastes
    on
        {{ dimension }}_tastes.dimension = '{{ dimension }}'
        and candidates.purpose = {{ dimension }}_tastes.purpose
        and candidates.customer_key = {{ dimension }}_tastes.customer_key
        and described.{{ dimension }}_key = {{ dimension }}_tastes.value_key
{% endfor %}
where candidates.is_learned_from or candidates.purpose not like 'train%'
