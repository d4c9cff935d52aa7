-- Grain: one row per list: which model makes it, and how that was found out.
with

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

chosen as (
    select * from {{ ref('ml_recommendation_trials') }}
    where is_chosen
),

singles as (
    select *
    from {{ ref('ml_recommendation_trials') }}
    where model_name != 'hybrid'
    qualify row_number() over (partition by list_name order by ndcg desc, model_name asc) = 1
),

rankers as (
    select distinct list_name
    from {{ ref('ml_recommendation_trials') }}
    where model_name = 'hybrid'
)

select
    lists.list_name,
    chosen.model_name,
    chosen.model_version,
    chosen.ndcg,
    chosen.n as customer_count,
    singles.model_name as best_single_model_name,
    singles.ndcg as best_single_ndcg,
    case
        when coalesce(chosen.n, 0) = 0
            then 'not judged: too few with a history bought anything in the validation window'
        when chosen.model_name = 'hybrid' then 'ranker'
        when rankers.list_name is null then 'single model: too few customers for a ranker'
        else 'single model: the ranker was no better'
    end as status
from lists
left join chosen
    on lists.list_name = chosen.list_name
left join singles
    on lists.list_name = singles.list_name
left join rankers
    on lists.list_name = rankers.list_name
