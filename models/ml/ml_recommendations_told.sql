{% set due = due_ratio('pairs.purchase_days', 'pairs.last_days_ago', 'pairs.first_days_ago') -%}
{% set behind = var('exploration_pool') if var('exploration_share') else 0 -%}
-- Grain: one row per customer, list and rank of what models list now under the rules, with what to
-- tell of it. Beyond the list's end as far as exploration draws from there.
with

-- Of what they bought, the product that each other one goes with best.
companions as (
    select
        history.customer_key,
        similar_products.product_key,
        own.product_id as bought_product_id
    from {{ ref('ml_candidates_history') }} as history
    inner join {{ ref('ml_products') }} as own
        on history.product_key = own.product_key
    inner join {{ ref('ml_product_similarities') }} as pairs
        on
            own.product_id = pairs.product_id
            and pairs.method = 'bought_together'
    inner join {{ ref('ml_products') }} as similar_products
        on pairs.similar_product_id = similar_products.product_id
    where history.purpose = 'score' and history.model_name = 'repeat'
    qualify row_number() over (
        partition by history.customer_key, similar_products.product_key
        order by pairs.rank asc, history.score desc, own.product_id asc
    ) = 1
)

select
    customers.customer_id,
    chained.list_name,
    chained.rank,
    products.product_id,
    chained.score,
    -- Without any history of one's own, it is what was stated that speaks.
    case
        when
            activity.taste_count is null
            and chained.chained_term is null
            and candidates.preference_score is not null
            then 'preference'
        else chained.source
    end as source,
    case
        when pairs.purchase_days > 2 and {{ due }} >= 1
            then 'It may be time for this again: you buy it regularly'
        when pairs.purchase_days > 2 then 'You buy this regularly'
        when pairs.purchase_days > 0 then 'You have bought this before'
        when pairs.was_ordered then 'You have ordered this before'
        when pairs.seen_days_ago <= 30 then 'You looked at this lately'
        when pairs.seen_days_ago is not null then 'You have looked at this before'
        when candidates.preference_score is not null then 'You told us that you like this kind'
        when described.title is not null then 'Because you bought ' || described.title
        when candidates.kind_score is not null then 'Others prefer it among what you like to buy'
        when {{ puts_forward(['ease_score', 'item_knn_score', 'sequence_score']) }}
            then case
                when activity.product_count is null then 'It goes with what you have looked at'
                else 'It goes with what you buy'
            end
        -- A best-seller may be put forward for next to no likeness.
        when {{ puts_forward(['content_score']) }} and tastes.taste_share > 0
            then 'It is like what you buy'
        when candidates.trending_score is not null and sold.trend > 1
            then 'On the rise with customers like you'
        when candidates.trending_score is not null then 'Customers like you bought it lately'
        when candidates.popular_score > 0 then 'Popular with our customers'
        when {{ puts_forward(['als_score', 'user_knn_score', 'tifu_knn_score']) }}
            then 'Customers like you are interested in it'
        else 'From our range'
    end as reason,
    chained.collaborative_weight,
    chained.model_version,
    chained.rules,
    chained.customer_key,
    chained.product_key,
    chained.retention_term,
    chained.upsell_term,
    chained.rules_term,
    chained.chained_term,
    companions.bought_product_id,
    described.title as bought_title
from {{ ref('ml_recommendations_chained') }} as chained
inner join {{ ref('ml_customers') }} as customers
    on chained.customer_key = customers.customer_key
inner join {{ ref('ml_products') }} as products
    on chained.product_key = products.product_key
inner join {{ ref('ml_candidates') }} as candidates
    on
        candidates.purpose = 'score'
        and chained.customer_key = candidates.customer_key
        and chained.product_key = candidates.product_key
left join {{ ref('ml_customer_products') }} as pairs
    on
        pairs.purpose = 'score'
        and chained.customer_key = pairs.customer_key
        and chained.product_key = pairs.product_key
left join {{ ref('ml_customer_activity') }} as activity
    on
        activity.purpose = 'score'
        and chained.customer_key = activity.customer_key
left join {{ ref('ml_customer_tastes') }} as tastes
    on
        tastes.dimension = 'category'
        and tastes.purpose = 'score'
        and chained.customer_key = tastes.customer_key
        and products.category_key = tastes.value_key
left join {{ ref('ml_product_activity') }} as sold
    on
        sold.purpose = 'score'
        and chained.product_key = sold.product_key
left join companions
    on
        chained.customer_key = companions.customer_key
        and chained.product_key = companions.product_key
left join {{ ref('int_products') }} as described
    on companions.bought_product_id = described.product_id
where chained.rank <= {{ var('list_length') + behind }}
