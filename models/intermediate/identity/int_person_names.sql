{{ config(schema='pii') }}

-- Grain: one row per person by references and name that one of its records bears.
select distinct
    person_key,
    first_name,
    last_name
from {{ ref('int_personal_links') }}
where person_key is not null and coalesce(first_name, last_name) is not null
