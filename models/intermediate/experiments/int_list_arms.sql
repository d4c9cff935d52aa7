-- Grain: one row per customer whose lists an experiment chooses. Of several that have the customer,
-- the one that began first.
select
    units.customer_id,
    units.experiment_key,
    units.variant_key,
    variants.recommender,
    variants.mail_list_name
from {{ ref('int_experiment_units') }} as units
inner join {{ ref('int_list_variants') }} as variants
    on
        units.experiment_key = variants.experiment_key
        and units.variant_key = variants.variant_key
where variants.is_obeyed
qualify row_number() over (
    partition by units.customer_id
    order by variants.started_at, units.experiment_key
) = 1
