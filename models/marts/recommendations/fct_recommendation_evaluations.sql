-- Grain: one row per model version, moment, split, task, segment, depth and metric.
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
from {{ ref('ml_recommendation_evaluations') }}
