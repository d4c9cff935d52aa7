-- Of whoever does not allow profiling a receipt says how popular a product is, or by which rule it
-- stands there.
select
    receipts.customer_id,
    receipts.term,
    receipts.evidence
from {{ ref('fct_recommendation_receipts') }} as receipts
inner join {{ ref('dim_customers') }} as customers
    on receipts.customer_id = customers.customer_id
where
    not customers.can_profile
    and (
        receipts.term not in ('popularity', 'rules')
        or (
            receipts.term = 'popularity'
            and receipts.evidence not like '% bought it in {{ var("popularity_days") }} days'
        )
    )
