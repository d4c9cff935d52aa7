-- Grain: one row per customer of the spine, with the integer that stands for it in this build's
-- models.
with

customers as (
    select distinct customer_id
    from {{ ref('feat_spine') }}
    where purpose != 'month_end'
)

select
    customer_id,
    cast(row_number() over (order by customer_id) as integer) as customer_key
from customers
