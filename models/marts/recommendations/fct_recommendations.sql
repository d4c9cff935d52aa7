-- Grain: one row per known customer, list and rank: the lists of now, with what exploration shows
-- in the place of others.
select
    listed.customer_id,
    listed.list_name,
    listed.rank,
    case when explored.is_explored then 'exploration' else listed.source end as source,
    {% for column in [
        'product_id', 'score', 'reason', 'collaborative_weight', 'model_version', 'rules',
    ] -%}
    case
        when explored.is_explored then explored.{{ column }}
        else listed.{{ column }}
    end as {{ column }},
    {% endfor -%}
    coalesce(explored.propensity, 1) as propensity,
    listed.list_name = coalesce(arms.mail_list_name, 'for_you') as is_for_mail,
    arms.experiment_key,
    arms.variant_key,
    {{ as_of() }} as as_of
from {{ ref('ml_recommendations_listed') }} as listed
left join {{ ref('ml_recommendations_explored') }} as explored
    on
        listed.customer_id = explored.customer_id
        and listed.list_name = explored.list_name
        and listed.rank = explored.rank
left join {{ ref('int_list_arms') }} as arms
    on listed.customer_id = arms.customer_id
