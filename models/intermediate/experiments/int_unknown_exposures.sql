-- Grain: one row per experiment and type of subject with recorded exposures before as_of that name
-- no customer.
with

exposures as (
    select
        exposures.experiment_key,
        exposures.subject_type,
        -- A value that stands for no one person has no key here.
        case
            when exposures.subject_type in ('email', 'phone') then contact_values.identifier_key
            else {{ identifier_key('exposures.subject_type', 'exposures.subject_value') }}
        end as identifier_key
    from {{ ref('stg_experiments__exposures') }} as exposures
    left join {{ ref('int_contact_value_keys') }} as contact_values
        on {{ is_holder_at(
            'contact_values', 'exposures.subject_type', 'exposures.subject_value', 'exposures.exposed_at'
        ) }}
    where exposures.exposed_at < {{ as_of() }}
)

select
    exposures.experiment_key,
    exposures.subject_type,
    count(*) as exposure_count
from exposures
left join {{ ref('int_identifier_customers') }} as customers
    on exposures.identifier_key = customers.identifier_key
where customers.customer_id is null
group by 1, 2
