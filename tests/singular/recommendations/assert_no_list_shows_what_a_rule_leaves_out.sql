-- What is excluded from a list, or within its rebuy window, stands in no list, pinned or not.
select
    listed.customer_id,
    listed.list_name,
    listed.product_id
from {{ ref('fct_recommendations') }} as listed
inner join {{ ref('ml_product_rules') }} as rules
    on
        rules.purpose = 'score'
        and rules.effect = 'exclude'
        and listed.list_name = rules.list_name
        and listed.product_id = rules.product_id
union all
select
    listed.customer_id,
    listed.list_name,
    listed.product_id
from {{ ref('fct_recommendations') }} as listed
inner join {{ ref('ml_barred_products') }} as barred
    on
        barred.purpose = 'score'
        and listed.customer_id = barred.customer_id
        and listed.list_name = barred.list_name
        and listed.product_id = barred.product_id
