{{ config(schema='pii') }}

-- Grain: one row per source row and attribute that it states, with the identifier it states it of.
-- Restricted: names, addresses and numbers stand here in the clear.
{% set columns = [
    'first_name', 'last_name', 'birth_date', 'gender', 'country', 'region', 'city', 'postal_code',
    'timezone', 'language',
] -%}
{% set sources = [
    ('crm_contacts', 'stg_crm__contacts', 'contact_id', 'created_at', columns + ['phone']),
    ('shop_customers', 'stg_shop__customers', 'shop_customer_id', 'created_at', [
        'first_name', 'last_name', 'country', 'phone',
    ]),
    ('esp_subscribers', 'stg_esp__subscribers', 'subscriber_id', 'subscribed_at', [
        'timezone', 'language',
    ]),
] -%}
with

statements as (
    {% for table_name, model, row_id, created_at, carried in sources -%}
    select
        '{{ table_name }}' as table_name,
        {{ row_id }} as row_id,
        {{ identifier_key("'" ~ row_id ~ "'", row_id) }} as identifier_key,
        email,
        {% for column in columns + ['phone'] -%}
        cast({{ column if column in carried else 'null' }} as varchar) as {{ column }},
        {% endfor -%}
        coalesce(updated_at, {{ created_at }}) as stated_at
    from {{ ref(model) }}
    where {{ created_at }} < {{ as_of() }}
    union all
    {% endfor -%}
    -- A guest is known by its orders alone.
    select
        'shop_orders',
        orders.order_id,
        owners.owner_key,
        orders.email,
        {% for column in columns -%}
        null,
        {% endfor -%}
        orders.phone,
        orders.ordered_at
    from {{ ref('stg_shop__orders') }} as orders
    inner join {{ ref('int_orders') }} as owners
        on orders.order_id = owners.order_id
    where coalesce(orders.email, orders.phone) is not null
),

accepted_values as (
    select
        judged.identifier_type,
        judged.raw_value,
        judged.region,
        judged.identifier_key,
        normalised.normalised_value
    from {{ ref('int_contact_values_judged') }} as judged
    inner join {{ ref('int_contact_values_normalised') }} as normalised
        on
            judged.identifier_type = normalised.identifier_type
            and judged.raw_value = normalised.raw_value
            and judged.region is not distinct from normalised.region
    where judged.refusal_reason is null
)

{% for column in columns -%}
select
    table_name,
    row_id,
    identifier_key,
    '{{ column }}' as attribute,
    {{ column }} as value,
    cast(null as bigint) as value_key,
    stated_at
from statements
where {{ column }} is not null
union all
{% endfor -%}
{% for type in ['email', 'phone'] -%}
select
    statements.table_name,
    statements.row_id,
    statements.identifier_key,
    '{{ type }}',
    accepted_values.normalised_value,
    accepted_values.identifier_key as value_key,
    statements.stated_at
from statements
inner join accepted_values
    on
        accepted_values.identifier_type = '{{ type }}'
        and statements.{{ type }} = accepted_values.raw_value
        {% if type == 'phone' -%}
        and case when length(statements.country) = 2 then upper(statements.country) end
        is not distinct from accepted_values.region
        {% endif -%}
{{ 'union all' if not loop.last }}
{% endfor %}
