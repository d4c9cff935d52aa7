-- Grain: one row per experiment and customer exposed in it.
select
    experiment_key,
    customer_id,
    variant_key,
    other_variant_count,
    exposed_at
from {{ ref('int_experiment_assignments') }}
