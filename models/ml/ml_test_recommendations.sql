-- Grain: one row per model, customer, list and rank at the test moment, of who went on to buy: what
-- is judged.
{% for name, model in [
    ('collaborative', 'ml_recommendations_allowed'), ('popular', 'ml_recommendations_popular'),
] -%}
select
    '{{ name }}' as model_name,
    model_version,
    as_of,
    customer_id,
    list_name,
    rank,
    product_id
from {{ ref(model) }}
where
    purpose = 'test'
    and customer_id in (
        select labels.customer_id from {{ ref('ml_recommendation_labels') }} as labels
    )
{{ 'union all' if not loop.last }}
{% endfor %}
