{{ config(schema='pii') }}

-- Grain: one row per id type and text in lower case that stands for no id, unless it is a record's
-- own id: every word of the seed, and what the records write in zeros alone.
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
    {% for type in ['contact_id', 'shop_customer_id', 'subscriber_id', 'anonymous_id'] -%}
    select
        '{{ type }}' as identifier_type,
        lower(value) as value
    from {{ ref('refused_ids') }}
    union
    {% endfor -%}
    select
        identifier_type,
        identifier_value
    from {{ ref('int_record_ids') }}
    where {{ fits_pattern('identifier_value', '[-_.:{} ]*0[-_.:{} 0]*') }}
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
