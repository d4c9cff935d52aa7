-- Grain: one row per variant of a running experiment that chooses lists by its factors, with the
-- model that makes them and the list that mail shows.
with

variants as (
    select
        variants.experiment_key,
        variants.variant_key,
        experiments.started_at,
        {{ json_text('variants.factors', "'$.recommender'") }} as recommender,
        {{ json_text('variants.factors', "'$.list'") }} as list_name
    from {{ ref('int_experiment_variants') }} as variants
    inner join {{ ref('int_experiments') }} as experiments
        on variants.experiment_key = experiments.experiment_key
    where experiments.is_running
),

choosing as (
    select distinct experiment_key
    from variants
    where recommender is not null or list_name is not null
),

judged as (
    select
        variants.*,
        coalesce(recommender not in (
            {% for model in single_models() -%}
            '{{ model }}',
            {% endfor -%}
            'hybrid',
            'popular'
        ), false)
        or coalesce(list_name not in ('for_you', 'discover'), false) as is_unknown
    from variants
    inner join choosing
        on variants.experiment_key = choosing.experiment_key
)

select
    experiment_key,
    variant_key,
    started_at,
    -- A variant that names no level, as a control may, has what everyone has.
    coalesce(recommender, 'hybrid') as recommender,
    coalesce(list_name, 'for_you') as mail_list_name,
    is_unknown,
    -- With one arm that can't be made, the others would be compared with nothing.
    max(case when is_unknown then 1 else 0 end) over (partition by experiment_key) = 0
        as is_obeyed
from judged
