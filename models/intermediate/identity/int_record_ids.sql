{{ config(schema='pii') }}

-- Grain: one row per id of a contact, account, subscriber or device that stands in a record, as it
-- is written there.
{% for type in ['contact_id', 'shop_customer_id', 'subscriber_id', 'anonymous_id'] -%}
select distinct
    '{{ type }}' as identifier_type,
    {{ type }} as identifier_value,
    {{ identifier_key("'" ~ type ~ "'", type) }} as identifier_key
from {{ ref('int_identity_records') }}
where {{ type }} is not null
{{ 'union all' if not loop.last }}
{% endfor %}
