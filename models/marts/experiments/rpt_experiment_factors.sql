-- Grain: one row per experiment of several factors, factor, level and metric.
select
    experiment_key,
    factor,
    level,
    metric,
    n,
    mean,
    lift,
    lift_ci_low,
    lift_ci_high,
    p_value,
    p_value_adjusted
from {{ ref('int_experiment_factor_effects') }}
