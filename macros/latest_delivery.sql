{#- Everything that arrived but the load stamp, so that two deliveries of one content are equal. -#}
{% macro row_digest(table_name) -%}
    {%- set values = [] -%}
    {%- for column in raw_columns(table_name) -%}
        {%- do values.append('landed.' ~ column.name) -%}
    {%- endfor -%}
    {{ row_hash(values) }}
{%- endmacro %}


{#- The last steps of a base model: an erased person's rows are emptied, and of several fit deliveries
    of a key the latest counts. Only fit rows compete, so an unreadable delivery never costs the record.
    follows : the base model of what the rows belong to, with which they are erased. -#}
{% macro latest_delivery(table_name, from, follows=none) -%}
{%- set meta = raw_table_meta(table_name) -%}
{%- set key = meta.get('key', []) -%}
{%- set is_erasable = erasable_columns(table_name) or not execute -%}
{{ erasure_marks(table_name, follows) if is_erasable }},

digested as (
    select
        {{ from }}.*,
        {{ erased_by(table_name, from, follows) }} as erased_by,
        {%- for column in person_columns(table_name) %}
        {{ erased_for(column) }} as {{ column.name }}_erased_for,
        {%- endfor %}
        {{ row_digest(table_name) }} as content_digest
    from {{ from }}
    {{- erasure_joins(table_name, from) }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ key | join(', ') }}, own_reason is null and erased_by is null
            order by {{ meta.latest_by ~ ' desc nulls last, ' if meta.get('latest_by') }}_loaded_at desc nulls last, content_digest
        ) as delivery_rank
    from digested
),

decided as (
    select
        *,
        case
            when erased_by is not null then 'erased'
            when own_reason is not null then own_reason
            when delivery_rank > 1 then 'duplicate_delivery'
        end as rejection_reason,
        {{ lead_digest(table_name) }} as lead_digest
    from ranked
)

select
    {%- for column in raw_columns(table_name) %}
    case when erased_by is null then {{ column.name }} end as {{ column.name }},
    {%- endfor %}
    _loaded_at,
    rejection_reason,
    erased_by,
    -- Whoever has a row in mind could make its digest and look it up; not so with the key.
    {% if is_erasable -%}
    case when erased_by is null then content_digest else {{ keyed_hash('content_digest') }} end as row_digest,
    {%- else -%}
    content_digest as row_digest,
    {%- endif %}
    {%- for column in record_columns(table_name) if [column.name] == key %}
    case when erased_by is not null then {{ keyed_hash(column.name) }} end as erased_key,
    {%- endfor %}
    lead_digest,
    case when lead_digest is not null then {{ happened_column(table_name) or 'cast(null as timestamp)' }} end as lead_at,
    {%- set conditions = [] -%}
    {%- for reason, column, condition in refusals(table_name) -%}
        {%- do conditions.append((column, condition)) -%}
    {%- endfor %}
    case
        when rejection_reason = 'duplicate_delivery' then '{{ key | join(", ") }}'
        when rejection_reason != 'erased' then {{ column_names_where(conditions) }}
    end as offending_columns,
    case when erased_by is null then {{ column_names_where(unreadable_conditions(table_name)) }} end as unreadable_columns,
    case when rejection_reason != 'erased' then {{ row_json('landed') }} end as payload
from decided
{%- endmacro %}
