-- Grain: one row per known customer, list and rank. The chain of fallbacks: collaborative, then
-- popular.
with

candidates as (
    {% for source, model in [
        ('collaborative', 'ml_recommendations_allowed'),
        ('popular', 'ml_recommendations_popular'),
    ] -%}
    select
        customer_id,
        list_name,
        product_id,
        score,
        rank,
        model_version,
        '{{ source }}' as source,
        {{ loop.index }} as priority
    from {{ ref(model) }}
    where purpose = 'score'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

distinct_products as (
    select *
    from candidates
    qualify row_number() over (
        partition by customer_id, list_name, product_id
        order by priority
    ) = 1
),

ranked as (
    select
        *,
        cast(row_number() over (
            partition by customer_id, list_name
            order by priority, rank
        ) as integer) as place
    from distinct_products
)

select
    ranked.customer_id,
    ranked.list_name,
    ranked.place as rank,
    ranked.product_id,
    ranked.score,
    ranked.source,
    case
        when ranked.source = 'popular' and ranked.score > 0 then 'Popular with our customers'
        -- The end of the fallback: nobody bought it lately, so it may not be called popular.
        when ranked.source = 'popular' then 'From our range'
        when bought.product_id is not null then 'You have bought this before'
        else 'Chosen by what customers with a taste like yours buy'
    end as reason,
    cast(case ranked.source when 'collaborative' then 1 else 0 end as double)
        as collaborative_weight,
    -- Nothing is explored yet, so what is listed was certain to be.
    cast(1 as double) as propensity,
    ranked.model_version,
    {{ as_of() }} as as_of
from ranked
left join {{ ref('int_bought_products') }} as bought
    on
        ranked.customer_id = bought.customer_id
        and ranked.product_id = bought.product_id
where ranked.place <= {{ var('list_length') }}
