{{ config(schema='marts', contract={'enforced': true}) }}

-- Grain: one row per table, content and reason of what was refused; what it held stays in pii.
{% for table_name, base in base_models() %}
select
    '{{ table_name }}' as table_name,
    row_digest,
    rejection_reason as reason,
    min(offending_columns) as columns,
    count(*) as copy_count,
    min(_loaded_at) as first_seen_at
from {{ ref(base) }}
where rejection_reason is not null
group by 1, 2, 3
{{ 'union all' if not loop.last }}
{% endfor %}
