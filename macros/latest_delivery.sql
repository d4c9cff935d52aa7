{#- Everything that arrived but the load stamp, so that two deliveries of one content are equal. -#}
{% macro row_digest(table_name) -%}
    {%- set values = [] -%}
    {%- for column in raw_columns(table_name) -%}
        {%- do values.append('landed.' ~ column.name) -%}
    {%- endfor -%}
    {{ row_hash(values) }}
{%- endmacro %}


{#- The last steps of a base model: of several fit deliveries of a key the latest counts. Only fit rows
    compete, so an unreadable delivery never costs the record. -#}
{% macro latest_delivery(table_name, from) -%}
{%- set meta = raw_table_meta(table_name) -%}
{%- set key = meta.get('key', []) -%}
,

digested as (
    select
        *,
        {{ row_digest(table_name) }} as row_digest
    from {{ from }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ key | join(', ') }}, own_reason is null
            order by {{ meta.latest_by ~ ' desc nulls last, ' if meta.get('latest_by') }}_loaded_at desc nulls last, row_digest
        ) as delivery_rank
    from digested
),

decided as (
    select
        *,
        coalesce(own_reason, case when delivery_rank > 1 then 'duplicate_delivery' end) as rejection_reason
    from ranked
)

select
    {%- for column in raw_columns(table_name) %}
    {{ column.name }},
    {%- endfor %}
    _loaded_at,
    rejection_reason,
    row_digest,
    {%- set conditions = [] -%}
    {%- for reason, column, condition in refusals(table_name) -%}
        {%- do conditions.append((column, condition)) -%}
    {%- endfor %}
    case
        when rejection_reason = 'duplicate_delivery' then '{{ key | join(", ") }}'
        when rejection_reason is not null then {{ column_names_where(conditions) }}
    end as offending_columns,
    {{ column_names_where(unreadable_conditions(table_name)) }} as unreadable_columns,
    case when rejection_reason is not null then {{ row_json('landed') }} end as payload
from decided
{%- endmacro %}
