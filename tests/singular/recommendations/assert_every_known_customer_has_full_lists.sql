-- Every known customer has both lists, as long as the var says or as there are products for it:
-- what is sellable and not excluded, for discover without what was ordered, for for_you without
-- what is within its rebuy window.
with

excluded as (
    select distinct
        list_name,
        product_id
    from {{ ref('ml_product_rules') }}
    where purpose = 'score' and effect = 'exclude'
),

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

listable as (
    select
        lists.list_name,
        products.product_id
    from {{ ref('dim_products') }} as products
    cross join lists
    left join excluded
        on
            lists.list_name = excluded.list_name
            and products.product_id = excluded.product_id
    where products.is_sellable and excluded.product_id is null
),

listable_counts as (
    select
        lists.list_name,
        count(listable.product_id) as product_count
    from lists
    left join listable
        on lists.list_name = listable.list_name
    group by 1
),

barred as (
    select
        customer_id,
        'discover' as list_name,
        product_id
    from {{ ref('int_bought_products') }}
    union all
    select
        customer_id,
        list_name,
        product_id
    from {{ ref('ml_barred_products') }}
    where purpose = 'score' and list_name = 'for_you'
),

barred_counts as (
    select
        barred.customer_id,
        barred.list_name,
        count(*) as product_count
    from barred
    inner join listable
        on
            barred.list_name = listable.list_name
            and barred.product_id = listable.product_id
    group by 1, 2
),

expected as (
    select
        customers.customer_id,
        listable_counts.list_name,
        least(
            {{ var('list_length') }},
            listable_counts.product_count - coalesce(barred_counts.product_count, 0)
        ) as product_count
    from {{ ref('dim_customers') }} as customers
    cross join listable_counts
    left join barred_counts
        on
            customers.customer_id = barred_counts.customer_id
            and listable_counts.list_name = barred_counts.list_name
    where customers.is_known
),

listed as (
    select
        customer_id,
        list_name,
        count(*) as product_count,
        max(rank) as last_rank
    from {{ ref('fct_recommendations') }}
    group by 1, 2
)

select
    expected.customer_id,
    expected.list_name,
    expected.product_count,
    listed.product_count as listed_count
from expected
left join listed
    on
        expected.customer_id = listed.customer_id
        and expected.list_name = listed.list_name
where
    coalesce(listed.product_count, 0) != expected.product_count
    or coalesce(listed.last_rank, 0) != expected.product_count
