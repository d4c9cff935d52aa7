-- Grain: one row per denial by an address or number that stands for no one person, and customer
-- whose rows carry that value: it binds every bearer, while a grant by it binds nobody.
{% set ids = ['contact_id', 'shop_customer_id', 'subscriber_id', 'anonymous_id'] -%}
with

spellings as (
    select * from {{ ref('int_unlinked_spellings') }}
),

contact_values as (
    select * from {{ ref('int_contact_values_judged') }}
),

carried as (
    {% for type in ['email', 'phone'] -%}
    select
        spellings.source_name,
        spellings.statement_id,
        records.*
    from spellings
    inner join {{ ref('int_identity_records') }} as records
        on
            spellings.raw_value = records.{{ type }}
            {% if type == 'phone' -%}
            and spellings.region is not distinct from records.region
            {% endif -%}
    where spellings.identifier_type = '{{ type }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

bearers as (
    {% for id in ids -%}
    select
        source_name,
        statement_id,
        {{ identifier_key("'" ~ id ~ "'", id) }} as identifier_key
    from carried
    union all
    {% endfor -%}
    {% for type in ['email', 'phone'] -%}
    select
        carried.source_name,
        carried.statement_id,
        contact_values.identifier_key
    from carried
    inner join contact_values
        on
            contact_values.identifier_type = '{{ type }}'
            and carried.{{ type }} = contact_values.raw_value
            {% if type == 'phone' -%}
            and carried.region is not distinct from contact_values.region
            {% endif -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select distinct
    bearers.source_name,
    bearers.statement_id,
    customers.customer_id
from bearers
inner join {{ ref('int_identifier_customers') }} as customers
    on bearers.identifier_key = customers.identifier_key
