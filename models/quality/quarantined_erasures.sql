-- Grain: one row per erasure request and raw table, how many of its rows were refused for it.
with

erased as (
    {% for table_name, base in base_models() -%}
    select
        '{{ table_name }}' as table_name,
        erased_by
    from {{ ref(base) }}
    where erased_by is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    erased_by as request_id,
    table_name,
    count(*) as row_count
from erased
group by 1, 2
