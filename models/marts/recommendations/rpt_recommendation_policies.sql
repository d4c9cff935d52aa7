-- Grain: one row per policy, metric and estimator.
select
    policy,
    metric,
    estimator,
    value,
    ci_low,
    ci_high,
    logged_value,
    n,
    effective_sample_size,
    mean_weight,
    status
from {{ ref('ml_policy_estimates') }}
