{{ config(materialized = 'view') }}
{% set weight = var('objective_weights').conversion -%}
-- Grain: one row per customer, list and product of the hybrid lists of now: what each term gives
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
        + {{ weight }} * cast(hybrid.{{ term }} as double)
        {% endfor %}
    ) as base_term,
    {% for term in model_terms() -%}
    {{ weight }} * cast(hybrid.{{ term }} as double) as {{ term }}_term,
    {% endfor -%}
    told.retention_term,
    told.upsell_term,
    told.rules_term,
    told.bought_product_id,
    told.bought_title,
    stated.preference,
    candidates.purchase_days,
    candidates.was_ordered,
    candidates.gap_days,
    {{ dbt.dateadd('day', '-candidates.seen_days_ago', 'cast(moments.as_of as date)') }} as seen_at,
    {% for model in ['als', 'ease', 'item_knn', 'user_knn', 'tifu_knn'] -%}
    case when candidates.{{ model }}_score is null then 0 else 1 end
    {{ '+ ' if not loop.last }}
    {%- endfor %}as others_model_count,
    candidates.model_count,
    candidates.kind_taste_share,
    candidates.category_taste_share,
    candidates.brand_taste_share,
    candidates.price_paid,
    customers.price_paid as usual_price_paid,
    candidates.buyers_30_share * moments.customer_count / 1000 as buyer_count,
    moments.customer_count,
    candidates.trend,
    candidates.repeat_rate,
    candidates.order_days,
    candidates.last_order_days_ago
from told
cross join moments
inner join {{ ref('ml_recommendations_hybrid') }} as hybrid
    on
        hybrid.purpose = 'score'
        and told.customer_key = hybrid.customer_key
        and told.list_name = hybrid.list_name
        and told.product_key = hybrid.product_key
inner join {{ ref('ml_ranker_rows') }} as candidates
    on
        candidates.purpose = 'score'
        and told.customer_key = candidates.customer_key
        and told.product_key = candidates.product_key
left join {{ ref('ml_customer_activity') }} as customers
    on
        customers.purpose = 'score'
        and told.customer_key = customers.customer_key
left join stated
    on
        told.customer_id = stated.customer_id
        and told.product_id = stated.product_id
