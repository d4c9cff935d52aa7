{{ config(materialized = 'view') }}
-- Grain: one row per purpose, customer, list and rank: the hybrid's, but where an experiment gives
-- a customer of now another model. Who is given popular products has no row: the fallback fills.
with

hybrid as (
    select * from {{ ref('ml_recommendations_hybrid') }}
),

arms as (
    select
        'score' as purpose,
        customers.customer_key,
        arms.recommender
    from {{ ref('int_list_arms') }} as arms
    inner join {{ ref('ml_customers') }} as customers
        on arms.customer_id = customers.customer_id
    where arms.recommender != 'hybrid'
),

-- How much others' purchases say of a customer is the same whatever the model.
weights as (
    select
        hybrid.customer_key,
        max(hybrid.collaborative_weight) as collaborative_weight
    from hybrid
    inner join arms
        on
            hybrid.purpose = arms.purpose
            and hybrid.customer_key = arms.customer_key
    group by 1
),

candidates as (
    select
        evidence.purpose,
        evidence.customer_key,
        evidence.product_key,
        evidence.was_ordered,
        arms.recommender,
        case arms.recommender
            {% for model, score in single_models().items() -%}
            when '{{ model }}' then evidence.{{ score }}
            {% endfor -%}
        end as score,
        case arms.recommender
            {% for model, score in single_models().items() -%}
            when '{{ model }}' then '{{ score }}'
            {% endfor -%}
        end as model_version,
        case arms.recommender
            {% for model, term in single_model_terms().items() -%}
            when '{{ model }}' then '{{ term }}'
            {% endfor -%}
        end as term
    from {{ ref('ml_ranker_rows') }} as evidence
    inner join arms
        on
            evidence.purpose = arms.purpose
            and evidence.customer_key = arms.customer_key
),

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

ranked as (
    select
        candidates.*,
        lists.list_name,
        row_number() over (
            partition by candidates.customer_key, lists.list_name
            order by candidates.score desc, candidates.product_key asc
        ) as rank
    from candidates
    inner join lists
        on lists.list_name = 'for_you' or not candidates.was_ordered
    where candidates.score is not null
)

select
    hybrid.purpose,
    hybrid.customer_key,
    hybrid.list_name,
    hybrid.rank,
    hybrid.product_key,
    hybrid.score,
    hybrid.source,
    hybrid.collaborative_weight,
    {% for term in model_terms() -%}
    hybrid.{{ term }},
    {% endfor -%}
    hybrid.model_version
from hybrid
left join arms
    on
        hybrid.purpose = arms.purpose
        and hybrid.customer_key = arms.customer_key
where arms.customer_key is null
union all
select
    ranked.purpose,
    ranked.customer_key,
    ranked.list_name,
    cast(ranked.rank as integer) as rank,
    ranked.product_key,
    cast(ranked.score as double) as score,
    ranked.recommender as source,
    coalesce(weights.collaborative_weight, 0) as collaborative_weight,
    {% for term in model_terms() -%}
    cast(case ranked.term when '{{ term }}' then ranked.score else 0 end as float) as {{ term }},
    {% endfor -%}
    ranked.model_version
from ranked
left join weights
    on ranked.customer_key = weights.customer_key
-- As many as the hybrid lists: some will fall to rules.
where ranked.rank <= 3 * {{ var('list_length') }}
