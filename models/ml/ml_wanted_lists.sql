{{ config(materialized = 'view') }}
-- Grain: one row per purpose, customer and list that is wanted: of whoever is known now, and of the
-- customers of the spine at the test moment.
with

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

customers as (
    select
        'score' as purpose,
        {{ as_of() }} as as_of,
        customer_id
    from {{ ref('int_customers') }}
    where is_known
    union all
    select
        purpose,
        as_of,
        customer_id
    from {{ ref('feat_spine') }}
    where purpose = 'test'
)

select
    customers.*,
    lists.list_name
from customers
cross join lists
