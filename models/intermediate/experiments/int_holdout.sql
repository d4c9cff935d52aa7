-- Grain: one row per unified customer that is held out of personalization.
with

-- Of several that run, the one that began last.
experiments as (
    select
        experiment_key,
        salt
    from {{ ref('int_experiments') }}
    where layer = 'holdout' and is_running
    order by started_at desc, experiment_key asc
    limit 1
),

controls as (
    select
        experiments.experiment_key,
        experiments.salt,
        variants.variant_key,
        variants.bucket_from,
        variants.bucket_until
    from experiments
    inner join {{ ref('int_experiment_variants') }} as variants
        on experiments.experiment_key = variants.experiment_key
    where variants.is_control
),

places as (
    select
        customers.customer_id,
        controls.variant_key as control_key,
        controls.bucket_from,
        controls.bucket_until,
        {{ experiment_bucket("coalesce(controls.salt, 'holdout')", 'customers.customer_id') }}
            as bucket,
        assignments.variant_key
    from {{ ref('int_customers') }} as customers
    left join controls
        on true
    left join {{ ref('int_experiment_assignments') }} as assignments
        on
            controls.experiment_key = assignments.experiment_key
            and customers.customer_id = assignments.customer_id
)

select customer_id
from places
where
    case
        -- Who was recorded in an arm is in it, whatever the hash says.
        when variant_key is not null then variant_key = control_key
        when control_key is not null then bucket >= bucket_from and bucket < bucket_until
        else bucket < {{ var('holdout_share') }} * 10000
    end
