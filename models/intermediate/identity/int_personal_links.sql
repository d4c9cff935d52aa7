{{ config(schema='pii') }}

-- Grain: one row per link without the ids that too many people stand behind, and the person that
-- its contact, account and subscriber are by their references; null where it names none of them.
{% set ids = ['contact_key', 'account_key', 'subscriber_key'] -%}
with

capped as (
    select distinct identifier_key from {{ ref('int_capped_identifiers') }}
    where identifier_type in ('contact_id', 'shop_customer_id')
),

uncapped as (
    select
        links.table_name,
        {% for id in ids -%}
        case when capped_{{ id }}.identifier_key is null then links.{{ id }} end as {{ id }},
        {% endfor -%}
        links.device_key,
        links.email_key,
        links.phone_key,
        links.first_name,
        links.last_name,
        links.first_seen_at,
        links.last_seen_at
    from {{ ref('int_identity_links') }} as links
    {% for id in ids -%}
    left join capped as capped_{{ id }}
        on links.{{ id }} = capped_{{ id }}.identifier_key
    {% endfor %}
)

select
    uncapped.*,
    coalesce(
        components.component_key,
        uncapped.account_key,
        uncapped.contact_key,
        uncapped.subscriber_key
    ) as person_key
from uncapped
left join {{ ref('int_reference_components') }} as components
    on
        coalesce(uncapped.account_key, uncapped.contact_key, uncapped.subscriber_key)
        = components.node_key
