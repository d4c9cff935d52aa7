{% set models = [
    'als', 'ease', 'item_knn', 'user_knn', 'tifu_knn', 'kind', 'trending', 'popular', 'preference',
] + (['sequence'] if var('sequence_model') else []) + ['content'] -%}
-- Grain: one row per purpose, customer and product that any model puts forward, with every model's
-- score; null where a model does not rank the product among its first. Content, the last, adds
-- what nobody bought yet alone: of all else others find what is worth it (DECISIONS.md).
with

scored as (
    select
        purpose,
        customer_key,
        product_key,
        0 as model_number,
        cast(score as float) as score
    from {{ ref('ml_candidates_history') }}
    {% for model in models -%}
    union all
    select
        purpose,
        customer_key,
        product_key,
        {{ loop.index }} as model_number,
        cast(score as float) as score
    from {{ ref('ml_candidates_' ~ model) }}
    {% endfor %}
)

select
    scored.purpose,
    scored.customer_key,
    scored.product_key,
    {% for model in models -%}
    max(case scored.model_number when {{ loop.index }} then scored.score end) as {{ model }}_score,
    {% endfor -%}
    count(*) as model_count
from scored
left join {{ ref('ml_product_activity') }} as activity
    on
        scored.purpose = activity.purpose
        and scored.product_key = activity.product_key
group by 1, 2, 3
having
    min(scored.model_number) < {{ models | length }}
    or count(activity.product_key) = 0
