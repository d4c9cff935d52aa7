-- Grain: one row per purpose, customer and product bought in the label window after a past moment.
select
    moments.purpose,
    moments.customer_key,
    facts.product_key,
    min(case when pairs.was_ordered then 1 else 0 end) = 0 as is_new
from {{ ref('ml_moments') }} as moments
inner join {{ ref('feat_cutoffs') }} as cutoffs
    on
        moments.purpose = cutoffs.purpose
        and moments.as_of = cutoffs.as_of
inner join {{ ref('ml_interactions') }} as facts
    on
        moments.customer_key = facts.customer_key
        and moments.as_of <= facts.interaction_date
        and facts.interaction_date < moments.as_of + interval '1 day' * cutoffs.horizon_days
left join {{ ref('ml_customer_products') }} as pairs
    on
        moments.purpose = pairs.purpose
        and moments.customer_key = pairs.customer_key
        and facts.product_key = pairs.product_key
where moments.purpose != 'score' and facts.purchase_count > 0
group by 1, 2, 3
