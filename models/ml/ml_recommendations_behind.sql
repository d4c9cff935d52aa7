{% set chain = ['repeat', 'tifu_knn', 'ease', 'collaborative', 'item_knn', 'user_knn', 'kind',
    'trending', 'preference', 'content'] -%}
-- Grain: one row per customer, list and product that stands behind a list of now that its model
-- leaves short, put forward by the next of the chain. It obeys what is left out for everyone and
-- the rebuy windows, as popular products do, which end the chain.
with

lengths as (
    select
        customer_key,
        list_name,
        max(rank) as last_rank,
        max(collaborative_weight) as collaborative_weight
    from {{ ref('ml_recommendations_ruled') }}
    where purpose = 'score'
    group by 1, 2
),

-- The same in both lists of a customer.
weights as (
    select
        customer_key,
        max(collaborative_weight) as collaborative_weight
    from lengths
    group by 1
),

-- A variant shows its own model and popular products alone: others would blur it.
short_lists as (
    select
        lists.customer_id,
        lists.list_name,
        customers.customer_key,
        coalesce(lengths.last_rank, 0) as last_rank,
        coalesce(weights.collaborative_weight, 0) as collaborative_weight
    from {{ ref('ml_wanted_lists') }} as lists
    inner join {{ ref('ml_customers') }} as customers
        on lists.customer_id = customers.customer_id
    left join lengths
        on
            customers.customer_key = lengths.customer_key
            and lists.list_name = lengths.list_name
    left join weights
        on customers.customer_key = weights.customer_key
    left join {{ ref('int_list_arms') }} as arms
        on
            lists.customer_id = arms.customer_id
            and arms.recommender != 'hybrid'
    where
        lists.purpose = 'score'
        and arms.customer_id is null
        and coalesce(lengths.last_rank, 0) < {{ var('list_length') }}
),

-- What stood in the model's list and does no more, a rule has left out.
candidates as (
    select
        short_lists.*,
        candidates.product_key,
        {% for name in chain if name != 'repeat' -%}
        candidates.{{ single_models()[name] }},
        {% endfor -%}
        candidates.put_forward_by,
        nullif(pairs.taste_120, 0) as taste_120
    from short_lists
    inner join {{ ref('ml_candidates') }} as candidates
        on
            candidates.purpose = 'score'
            and short_lists.customer_key = candidates.customer_key
    inner join {{ ref('ml_listable_products') }} as listable
        on
            listable.purpose = 'score'
            and short_lists.list_name = listable.list_name
            and candidates.product_key = listable.product_key
            and listable.listable_rank is not null
    left join {{ ref('ml_customer_products') }} as pairs
        on
            pairs.purpose = 'score'
            and short_lists.customer_key = pairs.customer_key
            and candidates.product_key = pairs.product_key
    left join {{ ref('ml_recommendations_chosen') }} as chosen
        on
            chosen.purpose = 'score'
            and short_lists.customer_key = chosen.customer_key
            and short_lists.list_name = chosen.list_name
            and candidates.product_key = chosen.product_key
    left join {{ ref('ml_barred_products') }} as barred
        on
            barred.purpose = 'score'
            and short_lists.customer_id = barred.customer_id
            and short_lists.list_name = barred.list_name
            and listable.product_id = barred.product_id
    where chosen.product_key is null and barred.product_id is null
),

-- The first of the chain that puts a product forward is who says so.
put_forward as (
    {% for name in chain -%}
    select
        customer_key,
        list_name,
        last_rank,
        collaborative_weight,
        product_key,
        {{ loop.index }} as step,
        '{{ name }}' as source,
        '{{ single_models()[name] }}' as model_version,
        '{{ single_model_terms()[name] }}' as term,
        {{ single_models()[name] }} as score
    from candidates
    where {{ puts_forward([single_models()[name]]) if name != 'repeat' else 'taste_120 > 0' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from put_forward
qualify row_number() over (
    partition by customer_key, list_name, product_key
    order by step
) = 1
