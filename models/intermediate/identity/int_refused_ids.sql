-- Grain: one row per id type and word that stands for no id, unless it is a record's own id.
with

own_ids as (
    select
        'contact_id' as identifier_type,
        lower(contact_id) as value
    from {{ ref('stg_crm__contacts') }}
    where created_at < {{ as_of() }}
    union
    select
        'shop_customer_id',
        lower(shop_customer_id)
    from {{ ref('stg_shop__customers') }}
    where created_at < {{ as_of() }}
    union
    select
        'subscriber_id',
        lower(subscriber_id)
    from {{ ref('stg_esp__subscribers') }}
    where subscribed_at < {{ as_of() }}
),

types as (
    {% for type in ['contact_id', 'shop_customer_id', 'subscriber_id', 'anonymous_id'] -%}
    select '{{ type }}' as identifier_type
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    types.identifier_type,
    refused_ids.value
from types
cross join {{ ref('refused_ids') }} as refused_ids
left join own_ids
    on
        types.identifier_type = own_ids.identifier_type
        and refused_ids.value = own_ids.value
where own_ids.value is null
