-- Whatever earned an order stands among the touches, or is the order's own lack of any.
select
    credits.order_id,
    credits.touchpoint_id,
    credits.method
from {{ ref('fct_attribution_credits') }} as credits
left join {{ ref('fct_touchpoints') }} as touchpoints
    on credits.touchpoint_id = touchpoints.touchpoint_id
where
    touchpoints.touchpoint_id is null
    and credits.touchpoint_id != 'direct:' || credits.order_id
