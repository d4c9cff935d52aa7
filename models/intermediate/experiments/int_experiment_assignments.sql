-- Grain: one row per experiment and customer exposed in it, with the variant that came first.
with

exposures as (
    select
        exposures.experiment_key,
        customers.customer_id,
        exposures.variant_key,
        exposures.exposed_at,
        exposures.exposure_count,
        first_value(exposures.variant_key) over (
            partition by exposures.experiment_key, customers.customer_id
            order by exposures.exposed_at, exposures.variant_key, exposures.identifier_key
        ) as first_variant_key
    from {{ ref('int_experiment_exposures') }} as exposures
    inner join {{ ref('int_identifier_customers') }} as customers
        on exposures.identifier_key = customers.identifier_key
)

select
    experiment_key,
    customer_id,
    first_variant_key as variant_key,
    min(exposed_at) as exposed_at,
    cast(sum(
        case when variant_key != first_variant_key then exposure_count else 0 end
    ) as bigint) as other_variant_count
from exposures
group by 1, 2, 3
