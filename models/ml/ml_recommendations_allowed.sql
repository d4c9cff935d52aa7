-- Grain: one row per purpose, customer, list and rank that the collaborative model gives and that
-- may be shown: discover never holds what had been ordered, free or cancelled goods included.
select
    collaborative.purpose,
    collaborative.as_of,
    collaborative.customer_id,
    collaborative.list_name,
    cast(row_number() over (
        partition by collaborative.purpose, collaborative.customer_id, collaborative.list_name
        order by collaborative.rank
    ) as integer) as rank,
    collaborative.product_id,
    collaborative.score,
    collaborative.model_version
from {{ ref('ml_recommendations_collaborative') }} as collaborative
left join {{ ref('int_bought_products') }} as bought
    on
        collaborative.list_name = 'discover'
        and collaborative.customer_id = bought.customer_id
        and collaborative.product_id = bought.product_id
        and collaborative.as_of > bought.first_ordered_at
where bought.product_id is null
