-- Grain: one row per purpose, customer, list and rank of the lists with fixed places: the fixed at
-- theirs, all others in their order around them. Empty as shipped.
with

pins as (
    select * from {{ ref('ml_recommendations_pins') }}
),

pinned_lists as (
    select distinct
        purpose,
        customer_id,
        list_name
    from pins
),

lists as (
    select
        'score' as purpose,
        customer_id,
        list_name,
        rank,
        product_id
    from {{ ref('ml_recommendations_filled') }}
    union all
    select
        ruled.purpose,
        customers.customer_id,
        ruled.list_name,
        ruled.rank,
        products.product_id
    from {{ ref('ml_recommendations_ruled') }} as ruled
    inner join {{ ref('ml_customers') }} as customers
        on ruled.customer_key = customers.customer_key
    inner join {{ ref('ml_products') }} as products
        on ruled.product_key = products.product_key
    where ruled.purpose = 'test'
),

others as (
    select
        lists.*,
        row_number() over (
            partition by lists.purpose, lists.customer_id, lists.list_name
            order by lists.rank
        ) as step
    from lists
    inner join pinned_lists
        on
            lists.purpose = pinned_lists.purpose
            and lists.customer_id = pinned_lists.customer_id
            and lists.list_name = pinned_lists.list_name
    left join pins
        on
            lists.purpose = pins.purpose
            and lists.customer_id = pins.customer_id
            and lists.list_name = pins.list_name
            and lists.product_id = pins.product_id
    where pins.product_id is null
),

placed as (
    select
        others.purpose,
        others.customer_id,
        others.list_name,
        others.product_id,
        cast(null as varchar) as rule_id,
        others.step + count(pins.product_id) as place
    from others
    left join pins
        on
            others.purpose = pins.purpose
            and others.customer_id = pins.customer_id
            and others.list_name = pins.list_name
            and others.step > pins.others_before
    group by
        others.purpose, others.customer_id, others.list_name, others.product_id, others.step
    union all
    select
        purpose,
        customer_id,
        list_name,
        product_id,
        rule_id,
        others_before + step as place
    from pins
),

-- A list that ends before a fixed place has no gap.
ranked as (
    select
        *,
        cast(row_number() over (
            partition by purpose, customer_id, list_name
            order by place
        ) as integer) as rank
    from placed
)

select
    purpose,
    customer_id,
    list_name,
    rank,
    product_id,
    rule_id
from ranked
where rank <= {{ var('list_length') }}
