{{ config(schema='pii') }}

-- Grain: one row per customer and attribute that some source states, with the value that survives
-- and the row it stands in. Restricted: names, addresses and numbers stand here in the clear.
with

customers as (
    select * from {{ ref('int_identifier_customers') }}
),

-- A recycled address is of whoever has it today, whatever the rows of its first holder still say.
recycled as (
    select
        tenures.identifier_key,
        customers.customer_id
    from {{ ref('int_mailbox_tenures') }} as tenures
    inner join customers
        on tenures.tenure_key = customers.identifier_key
    where tenures.is_current
)

select
    customers.customer_id,
    statements.attribute,
    statements.value,
    statements.table_name,
    statements.row_id,
    statements.stated_at
from {{ ref('int_attribute_statements') }} as statements
inner join {{ ref('survivorship') }} as survivorship
    on
        statements.attribute = survivorship.attribute
        and statements.table_name = survivorship.table_name
inner join customers
    on statements.identifier_key = customers.identifier_key
left join recycled
    on statements.value_key = recycled.identifier_key
where recycled.customer_id is null or recycled.customer_id = customers.customer_id
qualify row_number() over (
    partition by customers.customer_id, statements.attribute
    order by
        survivorship.priority asc, statements.stated_at desc, statements.value asc,
        statements.table_name asc, statements.row_id asc
) = 1
