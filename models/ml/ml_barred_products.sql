{{ config(materialized = 'view') }}
-- Grain: one row per purpose, customer, list and product that it may not show them: in discover
-- what they ever ordered, in for_you what they bought within its rebuy window.
select
    lists.purpose,
    lists.customer_id,
    lists.list_name,
    bought.product_id
from {{ ref('ml_wanted_lists') }} as lists
inner join {{ ref('int_bought_products') }} as bought
    on
        lists.customer_id = bought.customer_id
        and lists.as_of > bought.first_ordered_at
where lists.list_name = 'discover'
union all
select
    pairs.purpose,
    customers.customer_id,
    'for_you' as list_name,
    rules.product_id
from {{ ref('ml_customer_products') }} as pairs
inner join {{ ref('ml_product_rules') }} as rules
    on
        rules.effect = 'rebuy'
        and pairs.purpose = rules.purpose
        and pairs.product_key = rules.product_key
        and pairs.last_days_ago < rules.amount
inner join {{ ref('ml_customers') }} as customers
    on pairs.customer_key = customers.customer_key
