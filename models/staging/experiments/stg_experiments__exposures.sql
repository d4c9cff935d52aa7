-- Grain: one row per unit and the time it was first shown a variant, fit for use.
select
    experiment_key,
    variant_key,
    subject_value,
    subject_type,
    exposed_at,
    _loaded_at
from {{ ref('base_experiments__exposures') }}
where rejection_reason is null
