-- Grain: one row per identifier that stands for one person or device, without e-mail or phone in
-- the clear; a recycled address once for each that held it.
with

seen as (
    -- An id stands for its record even where it links nobody.
    {% for type, column, links in [
        ('contact_id', 'contact_key', 'int_identity_links'),
        ('shop_customer_id', 'account_key', 'int_identity_links'),
        ('subscriber_id', 'subscriber_key', 'int_identity_links'),
        ('anonymous_id', 'device_key', 'int_identity_links'),
        ('email', 'email_key', 'int_usable_links'),
        ('phone', 'phone_key', 'int_usable_links'),
    ] -%}
    select
        '{{ type }}' as identifier_type,
        {{ column }} as identifier_key,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from {{ ref(links) }}
    where {{ column }} is not null
    group by 1, 2
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

contact_values as (
    select distinct
        identifier_key,
        identifier_value,
        is_current
    from {{ ref('int_usable_contact_values') }}
)

select
    seen.identifier_key,
    seen.identifier_type,
    coalesce(contact_values.identifier_value, ids.identifier_value) as identifier_value,
    coalesce(contact_values.is_current, true) as is_current,
    seen.first_seen_at,
    seen.last_seen_at
from seen
left join contact_values
    on seen.identifier_key = contact_values.identifier_key
left join {{ ref('int_record_ids') }} as ids
    on seen.identifier_key = ids.identifier_key
