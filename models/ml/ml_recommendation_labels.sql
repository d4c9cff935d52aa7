-- Grain: one row per customer and product bought in the label window after the test moment.
select
    spine.customer_id,
    spine.as_of,
    interactions.product_id
from {{ ref('feat_spine') }} as spine
inner join {{ ref('feat_cutoffs') }} as cutoffs
    on
        spine.purpose = cutoffs.purpose
        and spine.as_of = cutoffs.as_of
inner join {{ ref('int_identifier_customers') }} as customers
    on spine.customer_id = customers.customer_id
inner join {{ ref('int_interactions') }} as interactions
    on
        customers.identifier_key = interactions.identifier_key
        and spine.as_of <= interactions.interaction_date
        and interactions.interaction_date < spine.as_of + interval '1 day' * cutoffs.horizon_days
where
    spine.purpose = 'test'
    and interactions.kind = 'purchase'
group by 1, 2, 3
