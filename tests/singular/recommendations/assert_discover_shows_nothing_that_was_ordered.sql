-- discover holds only products that the customer never ordered, read from the marts themselves.
select
    listed.customer_id,
    listed.product_id
from {{ ref('fct_recommendations') }} as listed
inner join {{ ref('fct_order_lines') }} as lines
    on
        listed.customer_id = lines.customer_id
        and listed.product_id = lines.product_id
where listed.list_name = 'discover'
