-- Grain: one row per experiment, identifier and variant it was shown while the experiment ran.
with

experiments as (
    select * from {{ ref('int_experiments') }}
),

recorded as (
    select
        exposures.experiment_key,
        -- A value that stands for no one person has no key here.
        case
            when exposures.subject_type in ('email', 'phone') then contact_values.identifier_key
            else {{ identifier_key('exposures.subject_type', 'exposures.subject_value') }}
        end as identifier_key,
        exposures.variant_key,
        exposures.exposed_at
    from {{ ref('stg_experiments__exposures') }} as exposures
    inner join experiments
        on
            exposures.experiment_key = experiments.experiment_key
            and exposures.exposed_at >= experiments.started_at
            and exposures.exposed_at < experiments.counted_until
    left join {{ ref('int_contact_value_keys') }} as contact_values
        on {{ is_holder_at(
            'contact_values', 'exposures.subject_type', 'exposures.subject_value', 'exposures.exposed_at'
        ) }}
),

-- Where nothing was recorded, a mail that carries the experiment exposes.
mailed as (
    select
        sends.experiment_key,
        sends.identifier_key,
        sends.variant_key,
        sends.sent_at as exposed_at
    from {{ ref('int_sends') }} as sends
    inner join experiments
        on
            sends.experiment_key = experiments.experiment_key
            and sends.sent_at >= experiments.started_at
            and sends.sent_at < experiments.counted_until
    where
        sends.variant_key is not null
        and sends.experiment_key not in (select recorded.experiment_key from recorded)
),

exposures as (
    select * from recorded
    where identifier_key is not null
    union all
    select * from mailed
)

select
    experiment_key,
    identifier_key,
    variant_key,
    min(exposed_at) as exposed_at,
    count(*) as exposure_count
from exposures
group by 1, 2, 3
