-- Grain: one row per model version, moment, split, task, segment, depth and metric.
{% for evaluations in ['ml_recommendation_evaluations', 'ml_rating_evaluations'] -%}
select
    model_name,
    model_version,
    as_of,
    split,
    task,
    segment,
    k,
    metric,
    value,
    ci_low,
    ci_high,
    n
from {{ ref(evaluations) }}
{{ 'union all' if not loop.last }}
{% endfor %}
