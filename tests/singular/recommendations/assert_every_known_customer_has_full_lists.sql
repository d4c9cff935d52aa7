-- Every known customer has both lists, as long as the var says or as there are products for it.
with

sellable as (
    select product_id from {{ ref('dim_products') }}
    where is_sellable
),

bought as (
    select
        bought.customer_id,
        count(*) as product_count
    from {{ ref('int_bought_products') }} as bought
    inner join sellable
        on bought.product_id = sellable.product_id
    group by 1
),

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

expected as (
    select
        customers.customer_id,
        lists.list_name,
        least({{ var('list_length') }}, case lists.list_name
            when 'discover' then (select count(*) from sellable) - coalesce(bought.product_count, 0)
            else (select count(*) from sellable)
        end) as product_count
    from {{ ref('dim_customers') }} as customers
    cross join lists
    left join bought
        on customers.customer_id = bought.customer_id
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
