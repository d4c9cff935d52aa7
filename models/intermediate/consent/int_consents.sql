-- Grain: one row per customer, purpose and statement that changed or confirmed it: what holds from
-- after stated_at up to and including next_stated_at. A statement counts only before the moment
-- asked.
with

stated as (
    select
        customers.customer_id,
        statements.purpose,
        statements.stated_at,
        -- Of statements in the same instant the strictest counts.
        min(case when statements.is_granted then 1 else 0 end) = 1 as is_granted
    from {{ ref('int_consent_statements') }} as statements
    inner join {{ ref('int_identifier_customers') }} as customers
        on statements.identifier_key = customers.identifier_key
    group by 1, 2, 3
)

select
    customer_id,
    purpose,
    is_granted,
    stated_at,
    lead(stated_at) over (partition by customer_id, purpose order by stated_at) as next_stated_at
from stated
