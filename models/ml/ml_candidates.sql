{% set models = [
    'als', 'ease', 'item_knn', 'user_knn', 'tifu_knn', 'kind', 'trending', 'popular', 'preference',
    'content',
] -%}
-- Grain: one row per purpose, customer and product that any model puts forward, with every model's
-- score; null where a model does not rank the product among its first.
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
    purpose,
    customer_key,
    product_key,
    {% for model in models -%}
    max(case model_number when {{ loop.index }} then score end) as {{ model }}_score,
    {% endfor -%}
    count(*) as model_count
from scored
group by 1, 2, 3
