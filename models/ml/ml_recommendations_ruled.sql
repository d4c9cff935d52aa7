-- Grain: one row per purpose, customer, list and rank: the ranker's lists as the rules leave them.
-- Of a category, products beyond the cap wait behind all others, so that lists stay full.
with

ordered as (
    select
        weighed.*,
        coalesce(diverse.place, 0) as place
    from {{ ref('ml_recommendations_weighed') }} as weighed
    left join {{ ref('ml_recommendations_diverse') }} as diverse
        on
            weighed.purpose = diverse.purpose
            and weighed.customer_key = diverse.customer_key
            and weighed.list_name = diverse.list_name
            and weighed.product_key = diverse.product_key
),

capped as (
    select
        *,
        {% if var('category_cap') -%}
        category_key is not null and row_number() over (
            partition by purpose, customer_key, list_name, category_key
            order by place asc, score desc, model_rank asc
        ) > {{ var('category_cap') }} as is_beyond_cap
        {% else -%}
        false as is_beyond_cap
        {% endif %}
    from ordered
)

select
    purpose,
    customer_key,
    list_name,
    cast(row_number() over (
        partition by purpose, customer_key, list_name
        order by is_beyond_cap asc, place asc, score desc, model_rank asc
    ) as integer) as rank,
    product_key,
    score,
    retention_term,
    upsell_term,
    rules_term,
    rules,
    source,
    collaborative_weight,
    model_version
from capped
