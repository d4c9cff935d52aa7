-- Grain: one row per identifier and type of which it carries more identifiers than the seed allows:
-- a till, a walk-in contact, an office mailbox. It links nobody.
{% set columns = {
    'email': 'email_key', 'phone': 'phone_key', 'contact_id': 'contact_key',
    'shop_customer_id': 'account_key', 'subscriber_id': 'subscriber_key',
} -%}
with

links as (
    select distinct
        contact_key,
        account_key,
        subscriber_key,
        email_key,
        phone_key
    from {{ ref('int_identity_links') }}
),

counted as (
    {% for type, carried_type in [
        ('email', 'shop_customer_id'), ('email', 'contact_id'), ('email', 'subscriber_id'),
        ('phone', 'email'),
        ('shop_customer_id', 'email'), ('shop_customer_id', 'phone'),
        ('shop_customer_id', 'subscriber_id'), ('contact_id', 'email'),
        ('contact_id', 'shop_customer_id'), ('contact_id', 'subscriber_id'),
    ] -%}
    select
        '{{ type }}' as identifier_type,
        '{{ carried_type }}' as carried_type,
        {{ columns[type] }} as identifier_key,
        count(distinct {{ columns[carried_type] }}) as carried_count
    from links
    where {{ columns[type] }} is not null
    group by 3
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    counted.identifier_type,
    counted.identifier_key,
    counted.carried_type,
    counted.carried_count
from counted
inner join {{ ref('identity_caps') }} as caps
    on
        counted.identifier_type = caps.identifier_type
        and counted.carried_type = caps.carried_type
where counted.carried_count > caps.at_most
union all
-- What an erased person shared with others beyond a cap links the others as little as before.
select
    identifier_type,
    identifier_key,
    'erased_identifier',
    0
from {{ ref('int_erased_hubs') }}
