-- Grain: one row per purpose, customer, list and product with a fixed place, by a pin or as a new
-- product. Of two at one place the later rule stands behind; what is excluded, was ordered
-- (discover) or is within its rebuy window (for_you) is not pinned. None as shipped.
with

-- Several pins of one product count as the first of them.
pins as (
    select
        listable.*,
        rules.rule_id,
        cast(rules.amount as integer) as place
    from {{ ref('ml_product_rules') }} as rules
    inner join {{ ref('ml_listable_products') }} as listable
        on
            rules.purpose = listable.purpose
            and rules.list_name = listable.list_name
            and rules.product_key = listable.product_key
    where rules.effect = 'pin' and listable.listable_rank is not null
    qualify row_number() over (
        partition by rules.purpose, rules.list_name, rules.product_key
        order by rules.amount, rules.rule_id
    ) = 1
),

pinned as (
    select
        lists.purpose,
        lists.customer_id,
        lists.list_name,
        pins.product_id,
        pins.rule_id,
        pins.place
    from pins
    inner join {{ ref('ml_wanted_lists') }} as lists
        on
            pins.purpose = lists.purpose
            and pins.list_name = lists.list_name
    left join {{ ref('ml_barred_products') }} as barred
        on
            lists.purpose = barred.purpose
            and lists.customer_id = barred.customer_id
            and lists.list_name = barred.list_name
            and pins.product_id = barred.product_id
    where barred.product_id is null
),

fixed as (
    select * from pinned
    union all
    select
        items.purpose,
        items.customer_id,
        items.list_name,
        items.product_id,
        'new_item_share' as rule_id,
        items.place
    from {{ ref('ml_new_items') }} as items
    left join pinned
        on
            items.purpose = pinned.purpose
            and items.customer_id = pinned.customer_id
            and items.list_name = pinned.list_name
            and items.product_id = pinned.product_id
    where pinned.product_id is null
),

steps as (
    select
        *,
        row_number() over (
            partition by purpose, customer_id, list_name
            order by place, rule_id, product_id
        ) as step
    from fixed
)

-- Between two fixed places lie as many others as between their numbers.
select
    *,
    cast(max(place - step) over (
        partition by purpose, customer_id, list_name
        order by step
        rows between unbounded preceding and current row
    ) as integer) as others_before
from steps
