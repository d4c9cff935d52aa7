-- Grain: one row per customer, list and rank of the hybrid lists of now under the rules, with what
-- to tell of it.
with

evidence as (
    select * from {{ ref('ml_ranker_rows') }}
    where purpose = 'score'
)

select
    customers.customer_id,
    ruled.list_name,
    ruled.rank,
    products.product_id,
    ruled.score,
    -- Without any history of one's own, it is what was stated that speaks.
    case when evidence.taste_count is null then 'preference' else ruled.source end as source,
    case
        when evidence.purchase_days > 2 and evidence.due_ratio >= 1
            then 'It may be time for this again: you buy it regularly'
        when evidence.purchase_days > 2 then 'You buy this regularly'
        when evidence.was_ordered then 'You have bought this before'
        when evidence.seen_days_ago is not null then 'You looked at this lately'
        when evidence.preference_score is not null then 'You told us that you like this kind'
        when evidence.kind_score is not null then 'Others prefer it among what you like to buy'
        when evidence.ease_score is not null then 'It goes with what you buy'
        when evidence.trending_score is not null then 'On the rise with customers like you'
        else 'Popular with our customers'
    end as reason,
    ruled.collaborative_weight,
    ruled.model_version,
    ruled.rules
from {{ ref('ml_recommendations_ruled') }} as ruled
inner join {{ ref('ml_customers') }} as customers
    on ruled.customer_key = customers.customer_key
inner join {{ ref('ml_products') }} as products
    on ruled.product_key = products.product_key
inner join evidence
    on
        ruled.customer_key = evidence.customer_key
        and ruled.product_key = evidence.product_key
where ruled.purpose = 'score' and ruled.rank <= {{ var('list_length') }}
