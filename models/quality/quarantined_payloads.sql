{{ config(schema='pii') }}

-- Grain: one row per table, content and reason of what was refused, with the row as it arrived.
{% for table_name, base in base_models() %}
select distinct
    '{{ table_name }}' as table_name,
    row_digest,
    rejection_reason as reason,
    payload
from {{ ref(base) }}
where rejection_reason is not null
{{ 'union all' if not loop.last }}
{% endfor %}
