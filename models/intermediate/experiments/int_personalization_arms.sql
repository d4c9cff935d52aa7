-- Grain: one row per experiment and variant that tells what personalization causes: a control
-- without it, and the arms with it.
with

mailed as (
    select
        experiment_key,
        variant_key,
        {{ as_share('is_personalized') }} = 1 as is_personalized
    from {{ ref('int_sends') }}
    where experiment_key is not null
    group by 1, 2
),

arms as (
    select
        variants.experiment_key,
        variants.variant_key,
        variants.is_control,
        experiments.layer = 'holdout' as is_holdout,
        -- The control of the holdout is whoever is held out; elsewhere the mails say it.
        case
            when experiments.layer = 'holdout' then not variants.is_control
            else mailed.is_personalized
        end as is_personalized
    from {{ ref('int_experiment_variants') }} as variants
    inner join {{ ref('int_experiments') }} as experiments
        on variants.experiment_key = experiments.experiment_key
    left join mailed
        on
            variants.experiment_key = mailed.experiment_key
            and variants.variant_key = mailed.variant_key
)

select
    arms.experiment_key,
    arms.variant_key,
    arms.is_control,
    coalesce(arms.is_holdout, false) as is_holdout
from arms
inner join arms as controls
    on
        arms.experiment_key = controls.experiment_key
        and controls.is_control
        and not controls.is_personalized
where arms.is_control or arms.is_personalized
