-- Grain: one row per customer, list and rank that the collaborative model gives and that may be
-- shown: discover never holds what was ever ordered, free, refunded or cancelled goods included.
select collaborative.*
from {{ ref('ml_recommendations_collaborative') }} as collaborative
left join {{ ref('int_bought_products') }} as bought
    on
        collaborative.list_name = 'discover'
        and collaborative.customer_id = bought.customer_id
        and collaborative.product_id = bought.product_id
where
    collaborative.purpose = 'score'
    and bought.product_id is null
