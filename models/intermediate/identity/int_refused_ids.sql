{{ config(schema='pii') }}

-- Grain: one row per id type and text in lower case that stands for no id, unless it is a record's
-- own id: every word of the seed, and what the records write in zeros alone.
{% set types = ['contact_id', 'shop_customer_id', 'subscriber_id', 'anonymous_id'] -%}
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

words as (
    {% for type in types -%}
    select
        '{{ type }}' as identifier_type,
        lower(value) as value
    from {{ ref('refused_ids') }}
    union
    select
        '{{ type }}',
        {{ type }}
    from {{ ref('int_identity_records') }}
    where {{ fits_pattern(type, '[-_.:{} ]*0[-_.:{} 0]*') }}
    {{ 'union' if not loop.last }}
    {% endfor %}
)

select
    words.identifier_type,
    words.value
from words
left join own_ids
    on
        words.identifier_type = own_ids.identifier_type
        and words.value = own_ids.value
where own_ids.value is null
