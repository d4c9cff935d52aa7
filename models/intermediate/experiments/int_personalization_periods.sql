-- Grain: one row per experiment about personalization and period: each calendar month in which it
-- ran, and all of its time.
with

experiments as (
    select
        experiment_key,
        started_at,
        counted_until
    from {{ ref('int_experiments') }}
    where experiment_key in (
        select arms.experiment_key from {{ ref('int_personalization_arms') }} as arms
    )
),

starts as (
    select
        experiment_key,
        cast(date_trunc('month', started_at) as timestamp) as starts_at
    from experiments
    union all
    select
        experiment_key,
        {{ month_starts('started_at', 'counted_until') }} as starts_at
    from experiments
)

select
    experiments.experiment_key,
    left(cast(starts.starts_at as varchar), 7) as period,
    greatest(starts.starts_at, experiments.started_at) as starts_at,
    least(
        cast(starts.starts_at + interval '1 month' as timestamp), experiments.counted_until
    ) as ends_at,
    1 as month_count
from experiments
inner join starts
    on
        experiments.experiment_key = starts.experiment_key
        and experiments.counted_until > starts.starts_at
union all
select
    experiments.experiment_key,
    'all' as period,
    experiments.started_at as starts_at,
    experiments.counted_until as ends_at,
    count(*) as month_count
from experiments
inner join starts
    on
        experiments.experiment_key = starts.experiment_key
        and experiments.counted_until > starts.starts_at
group by 1, 2, 3, 4
