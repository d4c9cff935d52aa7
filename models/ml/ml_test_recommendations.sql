{% set others = {'hybrid_ruled': 'ruled', 'metadata': 'metadata', 'ratings': 'rated'} -%}
-- Grain: one row per model, customer, list and rank at the test moment, of who went on to buy: what
-- is judged.
with

judged as (
    select distinct customer_key
    from {{ ref('ml_recommendation_labels') }}
    where purpose = 'test'
),

candidates as (
    select rows_of_test.*
    from {{ ref('ml_ranker_rows') }} as rows_of_test
    inner join judged
        on rows_of_test.customer_key = judged.customer_key
    where rows_of_test.purpose = 'test'
),

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

ranked as (
    {% for model, score in single_models().items() -%}
    select
        '{{ model }}' as model_name,
        '{{ model }}' as model_version,
        candidates.customer_key,
        lists.list_name,
        candidates.product_key,
        row_number() over (
            partition by candidates.customer_key, lists.list_name
            order by candidates.{{ score }} desc, candidates.product_key asc
        ) as rank
    from candidates
    inner join lists
        on lists.list_name = 'for_you' or not candidates.was_ordered
    where candidates.{{ score }} is not null
    union all
    {% endfor -%}
    select
        'hybrid' as model_name,
        hybrid.model_version,
        hybrid.customer_key,
        hybrid.list_name,
        hybrid.product_key,
        hybrid.rank
    from {{ ref('ml_recommendations_hybrid') }} as hybrid
    inner join judged
        on hybrid.customer_key = judged.customer_key
    where hybrid.purpose = 'test'
    union all
    {% for model, lists in others.items() -%}
    select
        '{{ model }}' as model_name,
        {{ lists }}.model_version,
        {{ lists }}.customer_key,
        {{ lists }}.list_name,
        {{ lists }}.product_key,
        {{ lists }}.rank
    from {{ ref('ml_test_lists_' ~ lists) }} as {{ lists }}
    inner join judged
        on {{ lists }}.customer_key = judged.customer_key
    union all
    {% endfor -%}
    select
        'popular' as model_name,
        popular.model_version,
        customers.customer_key,
        popular.list_name,
        products.product_key,
        popular.rank
    from {{ ref('ml_recommendations_popular') }} as popular
    inner join {{ ref('ml_customers') }} as customers
        on popular.customer_id = customers.customer_id
    inner join judged
        on customers.customer_key = judged.customer_key
    inner join {{ ref('ml_products') }} as products
        on popular.product_id = products.product_id
    where popular.purpose = 'test'
)

select
    ranked.model_name,
    ranked.model_version,
    cutoffs.as_of,
    ranked.customer_key,
    ranked.list_name,
    cast(ranked.rank as integer) as rank,
    ranked.product_key
from ranked
inner join {{ ref('feat_cutoffs') }} as cutoffs
    on cutoffs.purpose = 'test'
where ranked.rank <= {{ var('list_length') }}
