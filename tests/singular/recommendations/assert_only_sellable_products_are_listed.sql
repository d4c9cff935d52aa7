-- No list shows what can't be bought today.
select listed.product_id
from {{ ref('fct_recommendations') }} as listed
left join {{ ref('dim_products') }} as products
    on listed.product_id = products.product_id
where products.product_id is null or not products.is_sellable
