{{ config(materialized = 'view') }}
{% set pair = ['customer_key', 'product_key'] -%}
-- Grain: one row per customer, list and product of models' lists of now: what each term gives
-- its score, and the facts that speak for it.
with

told as (
    select * from {{ ref('ml_recommendations_told') }}
),

moments as (
    select
        max(as_of) as as_of,
        count(*) as customer_count
    from {{ ref('ml_moments') }}
    where purpose = 'score'
),

stated as (
    select
        told.customer_id,
        told.product_id,
        min(words.preference_type || ' ' || words.preference_value) as preference
    from told
    inner join {{ ref('feat_customer_preferences') }} as preferences
        on told.customer_id = preferences.customer_id
    inner join moments
        on preferences.as_of = moments.as_of
    inner join {{ ref('int_product_words') }} as words
        on
            told.product_id = words.product_id
            and preferences.preference_type = words.preference_type
            and lower(preferences.preference_value) = words.preference_value
    group by 1, 2
)

select
    told.customer_id,
    told.list_name,
    told.product_id,
    -- The mean of what the ranker learned from, and what the terms' bits round off.
    told.score - (
        told.retention_term + told.upsell_term + told.rules_term
        {% for term in model_terms() -%}
        + {{ given_term(term) }}
        {% endfor %}
    ) as base_term,
    {% for term in model_terms() -%}
    {{ given_term(term) }} as {{ term }}_term,
    {% endfor -%}
    told.retention_term,
    told.upsell_term,
    told.rules_term,
    told.bought_product_id,
    told.bought_title,
    stated.preference,
    pairs.purchase_days,
    coalesce(pairs.was_ordered, false) as was_ordered,
    case when pairs.purchase_days > 1 then {{ ratio(
        '(pairs.first_days_ago - pairs.last_days_ago)', '(pairs.purchase_days - 1)'
    ) }} end as gap_days,
    {{ dbt.dateadd('day', '-pairs.seen_days_ago', 'cast(moments.as_of as date)') }} as seen_at,
    {% for model in ['als', 'ease', 'item_knn', 'user_knn', 'tifu_knn'] -%}
    case when candidates.{{ model }}_score > 0 then 1 else 0 end
    {{ '+ ' if not loop.last }}
    {%- endfor %}as others_model_count,
    candidates.model_count,
    {% for dimension in ['kind', 'category', 'brand'] -%}
    {{ dimension }}_tastes.taste_share as {{ dimension }}_taste_share,
    {% endfor -%}
    products.price_paid,
    customers.price_paid as usual_price_paid,
    products.buyers_30_share * moments.customer_count / 1000 as buyer_count,
    moments.customer_count,
    products.trend,
    products.repeat_rate,
    customers.order_days,
    customers.last_order_days_ago
from told
cross join moments
inner join {{ ref('ml_products') }} as described
    on told.product_key = described.product_key
left join {{ ref('ml_recommendations_chosen') }} as chosen
    on
        chosen.purpose = 'score'
        and told.customer_key = chosen.customer_key
        and told.list_name = chosen.list_name
        and told.product_key = chosen.product_key
{% for model, facts, keys in [
    ('ml_candidates', 'candidates', pair), ('ml_customer_products', 'pairs', pair),
    ('ml_product_activity', 'products', ['product_key']),
    ('ml_customer_activity', 'customers', ['customer_key']),
] -%}
left join {{ ref(model) }} as {{ facts }}
    on
        {{ facts }}.purpose = 'score'
        {% for key in keys -%}
        and told.{{ key }} = {{ facts }}.{{ key }}
        {% endfor %}
{% endfor -%}
{% for dimension in ['kind', 'category', 'brand'] -%}
left join {{ ref('ml_customer_tastes') }} as {{ dimension }}_tastes
    on
        {{ dimension }}_tastes.purpose = 'score'
        and {{ dimension }}_tastes.dimension = '{{ dimension }}'
        and told.customer_key = {{ dimension }}_tastes.customer_key
        and described.{{ dimension }}_key = {{ dimension }}_tastes.value_key
{% endfor -%}
left join stated
    on
        told.customer_id = stated.customer_id
        and told.product_id = stated.product_id
