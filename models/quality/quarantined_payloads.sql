{{ config(schema='pii') }}

-- Grain: one row per table, content and reason of what was refused, with the row as it arrived.
{% for table_name, base in base_models() %}
select
    '{{ table_name }}' as table_name,
    row_digest,
    rejection_reason as reason,
    -- Copies of one content differ in their load stamp alone.
    min(payload) as payload
from {{ ref(base) }}
where rejection_reason is not null
group by 1, 2, 3
{{ 'union all' if not loop.last }}
{% endfor %}
