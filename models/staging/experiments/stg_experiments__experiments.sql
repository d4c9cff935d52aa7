-- Grain: one row per experiment, fit for use.
select
    experiment_key,
    hypothesis,
    variants,
    primary_metric,
    unit,
    layer,
    salt,
    owner,
    started_at,
    ended_at,
    _loaded_at
from {{ ref('base_experiments__experiments') }}
where rejection_reason is null
