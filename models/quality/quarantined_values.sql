-- Grain: one row per table and column, how many unreadable values became null while the row stayed.
with

unreadable as (
    {% for table_name, base in base_models() -%}
    select
        '{{ table_name }}' as table_name,
        {{ split_to_rows('unreadable_columns', ', ') }} as column_name
    from {{ ref(base) }}
    where rejection_reason is null and unreadable_columns is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    table_name,
    column_name,
    count(*) as value_count
from unreadable
group by 1, 2
