-- Grain: one row per known customer with what its best source says: CRM, then shop, then e-mail
-- platform.
with

statements as (
    select
        {{ identifier_key("'contact_id'", 'contact_id') }} as identifier_key,
        1 as priority,
        coalesce(updated_at, created_at) as stated_at,
        country,
        timezone
    from {{ ref('stg_crm__contacts') }}
    where created_at < {{ as_of() }}
    union all
    select
        {{ identifier_key("'shop_customer_id'", 'shop_customer_id') }},
        2,
        coalesce(updated_at, created_at),
        country,
        null
    from {{ ref('stg_shop__customers') }}
    where created_at < {{ as_of() }}
    union all
    select
        {{ identifier_key("'subscriber_id'", 'subscriber_id') }},
        3,
        coalesce(updated_at, subscribed_at),
        null,
        timezone
    from {{ ref('stg_esp__subscribers') }}
    where subscribed_at < {{ as_of() }}
),

attributes as (
    {% for attribute in ['country', 'timezone'] -%}
    select
        identifier_key,
        '{{ attribute }}' as attribute,
        {{ attribute }} as value,
        priority,
        stated_at
    from statements
    where {{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

best as (
    select
        customers.customer_id,
        attributes.attribute,
        attributes.value
    from attributes
    inner join {{ ref('int_identifier_customers') }} as customers
        on attributes.identifier_key = customers.identifier_key
    qualify row_number() over (
        partition by customers.customer_id, attributes.attribute
        order by attributes.priority asc, attributes.stated_at desc, attributes.value asc
    ) = 1
)

select
    customer_id,
    max(case when attribute = 'country' then value end) as country,
    max(case when attribute = 'timezone' then value end) as timezone
from best
group by 1
