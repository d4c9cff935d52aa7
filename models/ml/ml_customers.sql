-- Grain: one row per customer of the spine, with the integer that stands for it in this build's
-- models, and a number from 0 to 9,999 that is its own in every build.
with

customers as (
    select distinct customer_id
    from {{ ref('feat_spine') }}
    where purpose != 'month_end'
)

select
    customer_id,
    cast(row_number() over (order by customer_id) as integer) as customer_key,
    cast({{ experiment_bucket("'learned'", 'customer_id') }} as integer) as draw_number
from customers
