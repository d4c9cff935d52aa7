{% set ranks = var('list_length') if var('receipt_ranks') is none else var('receipt_ranks') -%}
-- Grain: one row per row of fct_recommendations and term of its score; the terms sum to it. What
-- gives nothing is left out.
with

shown as (
    select * from {{ ref('fct_recommendations') }}
    where rank <= {{ ranks }}
),

terms as (
    {% for term in ['base'] + model_terms() + added_terms() -%}
    select '{{ term }}' as term
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

-- The last order of each product that was paid for and stands.
last_orders as (
    select
        lines.customer_id,
        lines.product_id,
        lines.order_id,
        cast(orders.ordered_at as date) as order_date
    from {{ ref('fct_order_lines') }} as lines
    inner join {{ ref('fct_orders') }} as orders
        on lines.order_id = orders.order_id
    where lines.quantity > 0 and lines.original_gross_revenue > 0 and not lines.is_cancelled
    qualify row_number() over (
        partition by lines.customer_id, lines.product_id
        order by orders.ordered_at desc, lines.order_id asc
    ) = 1
),

told as (
    select
        shown.customer_id,
        shown.list_name,
        shown.rank,
        shown.score,
        shown.rules,
        terms.term,
        case terms.term
            {% for term in ['base'] + model_terms() + added_terms() -%}
            when '{{ term }}' then facts.{{ term }}_term
            {% endfor -%}
        end as contribution,
        case terms.term
            {{ term_evidence('facts', 'own_orders', 'bought_orders') }}
            when 'rules' then shown.rules
        end as evidence
    from shown
    inner join {{ ref('ml_recommendation_evidence') }} as facts
        on
            shown.customer_id = facts.customer_id
            and shown.list_name = facts.list_name
            and shown.product_id = facts.product_id
    cross join terms
    left join last_orders as own_orders
        on
            shown.customer_id = own_orders.customer_id
            and shown.product_id = own_orders.product_id
    left join last_orders as bought_orders
        on
            shown.customer_id = bought_orders.customer_id
            and facts.bought_product_id = bought_orders.product_id
    where shown.source not in ('popular', 'pinned', 'new')
),

-- What no model ranked: how many bought it, or nothing but the rule that put it there.
others as (
    select
        customer_id,
        list_name,
        rank,
        case source when 'popular' then 'popularity' else 'rules' end as term,
        score as contribution,
        case source
            when 'popular'
                then
                    {{ told_count('score', 'customer') }}
                    || ' bought it in {{ var("popularity_days") }} days'
            else rules
        end as evidence
    from shown
    where source in ('popular', 'pinned', 'new')
    union all
    select
        customer_id,
        list_name,
        rank,
        'rules' as term,
        0 as contribution,
        rules as evidence
    from shown
    where source = 'popular' and rules is not null
)

select
    customer_id,
    list_name,
    rank,
    term,
    contribution,
    evidence
from told
-- A rule that only fixed its place is told as well; and a score of 0 starts somewhere.
where contribution != 0 or (term = 'rules' and rules is not null) or (term = 'base' and score = 0)
union all
select
    customer_id,
    list_name,
    rank,
    term,
    cast(contribution as double) as contribution,
    evidence
from others
