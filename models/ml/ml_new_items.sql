{% set list_length = var('list_length') -%}
{% set new_places = (var('new_item_share') * list_length - 0.000001) | round(0, 'ceil') | int -%}
-- Grain: one row per purpose, customer, list and new product that is to stand at a place, since the
-- list shows too few new ones up to there. New places are spread evenly; none while the var is 0.
with

new_products as (
    select
        listable.*,
        row_number() over (
            partition by listable.purpose, listable.list_name
            order by listable.listable_rank
        ) as new_rank
    from {{ ref('ml_listable_products') }} as listable
    inner join {{ ref('ml_products') }} as products
        on listable.product_key = products.product_key
    inner join {{ ref('feat_cutoffs') }} as cutoffs
        on listable.purpose = cutoffs.purpose
    where
        {{ new_places }} > 0
        and listable.listable_rank is not null
        and products.created_at < cutoffs.as_of
        and products.created_at >= cutoffs.as_of - interval '{{ var("new_item_days") }} days'
),

-- What the ranker knows of comes first, then the most popular that the customer never ordered.
options as (
    select
        ruled.purpose,
        customers.customer_id,
        ruled.list_name,
        new_products.product_id,
        ruled.rank as own_rank,
        new_products.new_rank
    from {{ ref('ml_recommendations_ruled') }} as ruled
    inner join new_products
        on
            ruled.purpose = new_products.purpose
            and ruled.list_name = new_products.list_name
            and ruled.product_key = new_products.product_key
    inner join {{ ref('ml_customers') }} as customers
        on ruled.customer_key = customers.customer_key
    union all
    select
        lists.purpose,
        lists.customer_id,
        lists.list_name,
        new_products.product_id,
        cast(null as integer) as own_rank,
        new_products.new_rank
    from {{ ref('ml_wanted_lists') }} as lists
    inner join new_products
        on
            lists.purpose = new_products.purpose
            and lists.list_name = new_products.list_name
            and new_products.new_rank <= {{ 2 * list_length }}
    left join {{ ref('int_bought_products') }} as bought
        on
            lists.customer_id = bought.customer_id
            and new_products.product_id = bought.product_id
            and lists.as_of > bought.first_ordered_at
    where bought.product_id is null
),

distinct_options as (
    select
        purpose,
        customer_id,
        list_name,
        product_id,
        min(own_rank) as own_rank,
        min(new_rank) as new_rank
    from options
    group by 1, 2, 3, 4
),

steps as (
    select
        *,
        row_number() over (
            partition by purpose, customer_id, list_name
            order by own_rank nulls last, new_rank
        ) as step
    from distinct_options
)

select
    purpose,
    customer_id,
    list_name,
    product_id,
    cast(floor(step * {{ list_length }} / {{ [new_places, 1] | max }}.0) as integer) as place
from steps
where
    step <= {{ new_places }}
    and coalesce(own_rank > floor(step * {{ list_length }} / {{ [new_places, 1] | max }}.0), true)
