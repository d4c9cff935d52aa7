{% set models = candidate_models() -%}
-- Grain: one row per purpose, customer and product that any model puts forward, with every model's
-- score; null where a model has none. Content, the last, adds what nobody bought yet alone: of all
-- else others find what is worth it (DECISIONS.md).
with

scored as (
    select
        purpose,
        customer_key,
        product_key,
        0 as model_number,
        cast(score as float) as score,
        1 as bit
    from {{ ref('ml_candidates_history') }}
    {% for model in models -%}
    union all
    select
        purpose,
        customer_key,
        product_key,
        {{ loop.index }} as model_number,
        cast(score as float) as score,
        {% if model in sql_candidate_models() -%}
        {{ 2 ** loop.index }} as bit
        {%- else -%}
        case when is_put_forward then {{ 2 ** loop.index }} else 0 end as bit
        {%- endif %}
    from {{ ref('ml_candidates_' ~ model) }}
    {% endfor %}
)

select
    scored.purpose,
    scored.customer_key,
    scored.product_key,
    {% for model in models -%}
    max(case scored.model_number when {{ loop.index }} then scored.score end) as {{ model }}_score,
    {% endfor -%}
    count(case when scored.bit > 0 then 1 end) as model_count,
    cast(sum(scored.bit) as integer) as put_forward_by
from scored
left join {{ ref('ml_product_activity') }} as activity
    on
        scored.purpose = activity.purpose
        and scored.product_key = activity.product_key
group by 1, 2, 3
having
    min(case when scored.bit > 0 then scored.model_number end) < {{ models | length }}
    or count(activity.product_key) = 0
