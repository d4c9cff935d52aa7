{{ config(schema = 'state') }}
{% set retrainings_kept = 4 -%}

-- Grain: one row per retraining, list and model version: what was tried last for each of the latest
-- retrainings. Outlives the warehouse, so that a build for which nothing changed tries nothing.
with

retraining as (
    select as_of + interval '1 day' * horizon_days as retrained_at
    from {{ ref('feat_cutoffs') }}
    where purpose = 'test'
),

tried as (
    {% for trials in ['ml_recommendation_trials', 'ml_candidate_trials'] -%}
    select
        retraining.retrained_at,
        trials.inputs_sha256,
        trials.list_name,
        trials.model_name,
        trials.model_version,
        trials.parameters,
        trials.ndcg,
        trials.n,
        trials.is_chosen
    from {{ ref(trials) }} as trials
    cross join retraining
    union all
    {% endfor -%}
    select
        known.retrained_at,
        known.inputs_sha256,
        known.list_name,
        known.model_name,
        known.model_version,
        known.parameters,
        known.ndcg,
        known.n,
        known.is_chosen
    from {{ ref('ml_known_trials') }} as known
    inner join retraining
        on known.retrained_at < retraining.retrained_at
)

select * from tried
qualify dense_rank() over (order by retrained_at desc) <= {{ retrainings_kept }}
