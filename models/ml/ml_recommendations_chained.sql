{{ config(materialized = 'view') }}
-- Grain: one row per customer, list and rank of now: what the rules leave of the model's list and,
-- where that is short, what the next ones of the chain put forward.
select
    customer_key,
    list_name,
    rank,
    product_key,
    score,
    source,
    collaborative_weight,
    model_version,
    rules,
    retention_term,
    upsell_term,
    rules_term,
    cast(null as varchar) as chained_term
from {{ ref('ml_recommendations_ruled') }}
where purpose = 'score'
union all
select
    customer_key,
    list_name,
    cast(last_rank + row_number() over (
        partition by customer_key, list_name
        order by step asc, score desc, product_key asc
    ) as integer) as rank,
    product_key,
    cast(score as double) as score,
    source,
    collaborative_weight,
    model_version,
    cast(null as varchar) as rules,
    0 as retention_term,
    0 as upsell_term,
    0 as rules_term,
    term as chained_term
from {{ ref('ml_recommendations_behind') }}
