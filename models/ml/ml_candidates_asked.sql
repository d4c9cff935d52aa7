-- Grain: one row per purpose, customer and product that a model in SQL puts forward. The models of
-- matrices score all of these, so that the ranker compares them by each.
{% for model in ['history'] + sql_candidate_models() -%}
select
    purpose,
    customer_key,
    product_key
from {{ ref('ml_candidates_' ~ model) }}
{{ 'union distinct' if not loop.last }}
{% endfor %}
