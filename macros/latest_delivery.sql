{#- Everything that arrived but the load stamp, so that two deliveries of one content are equal. -#}
{% macro row_digest(table_name) -%}
    {%- set values = [] -%}
    {%- for column in raw_columns(table_name) -%}
        {%- do values.append('landed.' ~ column.name) -%}
    {%- endfor -%}
    {{ row_hash(values) }}
{%- endmacro %}


{#- Which keys may have come more than once, by their hashes: the rows of all others need no ranking. -#}
{% macro repeated_keys(table_name, arrived) -%}
    select key_hash
    from (select {{ key_hash(table_name) }} as key_hash from {{ arrived }} as landed) as keys
    group by key_hash
    having count(*) > 1
{%- endmacro %}


{#- Of an arrived row. Two keys may share one; then their rows are ranked for nothing. -#}
{% macro key_hash(table_name) -%}
    {%- set values = [] -%}
    {%- for column in raw_columns(table_name) if column.name in raw_table_meta(table_name).get('key', []) -%}
        {%- do values.append(typed(column, 'landed.' ~ column.name)) -%}
    {%- endfor -%}
    {{ hash_number(values) }}
{%- endmacro %}


{#- The last steps of a base model: an erased person's rows are emptied, and of several fit deliveries
    of a key the latest counts. Only fit rows compete, so an unreadable delivery never costs the record.
    Nothing here holds all rows at once, and what only refused rows need is made for them alone. -#}
{% macro latest_delivery(table_name, arrived, from, follows=none) -%}
{%- set meta = raw_table_meta(table_name) -%}
{%- set key = meta.get('key', []) -%}
{%- set is_erasable = erasable_columns(table_name) or not execute -%}
{{ erasure_marks(table_name, arrived, follows) if is_erasable }},

marked as {{ not_kept() }} (
    select
        {{ from }}.*,
        {%- for column in person_columns(table_name) %}
        {{ erased_for(column) }} as {{ column.name }}_erased_for,
        {%- endfor %}
        {{ erased_by(table_name, from, follows) }} as erased_by
    from {{ from }}
    {{- erasure_joins(table_name, from, follows) }}
),

ranked as (
    select
        *,
        1 as delivery_rank
    from marked
    where not is_repeated
    union all
    select
        *,
        row_number() over (
            partition by {{ key | join(', ') }}, own_reason is null and erased_by is null
            order by {{ meta.latest_by ~ ' desc nulls last, ' if meta.get('latest_by') }}_loaded_at desc nulls last, {{ row_digest(table_name) }}, _file_key, _file_row
        ) as delivery_rank
    from marked
    where is_repeated
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
    _file_key,
    _file_row,
    rejection_reason,
    erased_by,
    -- Whoever has a row in mind could make its digest and look it up; not so with the key.
    case
        {%- if is_erasable %}
        when rejection_reason = 'erased' then {{ keyed_hash(row_digest(table_name)) }}
        {%- endif %}
        when rejection_reason is not null then {{ row_digest(table_name) }}
    end as row_digest,
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
    case when rejection_reason != 'erased' then {{ row_json(table_name) }} end as payload
from decided
{%- endmacro %}
