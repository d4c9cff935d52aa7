-- Grain: one row per experiment that began before as_of, with the end that is known by then.
select
    experiment_key,
    primary_metric,
    lower(layer) as layer,
    coalesce(salt, experiment_key) as salt,
    started_at,
    case when ended_at < {{ as_of() }} then ended_at end as ended_at,
    -- Nothing counts that happens then or later.
    least(coalesce(ended_at, {{ as_of() }}), {{ as_of() }}) as counted_until,
    coalesce(ended_at >= {{ as_of() }}, true) as is_running
from {{ ref('stg_experiments__experiments') }}
where started_at < {{ as_of() }}
