{% set state = adapter.get_relation(target.database, 'state', 'ml_kept_trials') -%}

-- Grain: one row per retraining, list and model version that builds before this one tried.
{% if state is none -%}
select
    cast(null as timestamp) as retrained_at,
    cast(null as varchar) as inputs_sha256,
    cast(null as varchar) as list_name,
    cast(null as varchar) as model_name,
    cast(null as varchar) as model_version,
    cast(null as varchar) as parameters,
    cast(null as double) as ndcg,
    cast(null as bigint) as n,
    cast(null as boolean) as is_chosen
where false
{%- else -%}
select
    retrained_at,
    inputs_sha256,
    list_name,
    model_name,
    model_version,
    parameters,
    ndcg,
    n,
    is_chosen
from {{ state }}
{%- endif %}
