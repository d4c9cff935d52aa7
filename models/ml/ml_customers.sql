-- Grain: one row per known customer, with the integer that stands for it in this build's models.
select
    customer_id,
    cast(row_number() over (order by customer_id) as integer) as customer_key
from {{ ref('int_customers') }}
where is_known
