-- What stands beside a product can be bought today and is another one; both are in the catalogue.
select
    pairs.product_id,
    pairs.similar_product_id
from {{ ref('fct_product_similarities') }} as pairs
left join {{ ref('dim_products') }} as products
    on pairs.product_id = products.product_id
left join {{ ref('dim_products') }} as others
    on pairs.similar_product_id = others.product_id
where
    products.product_id is null
    or others.product_id is null
    or not others.is_sellable
    or pairs.product_id = pairs.similar_product_id
