{#- A base model: every delivered row of a raw table, typed and judged; nothing is dropped.
    whole : the raw table, of which an incremental model reads a part: see arrived_rows.
    follows : the base model of what the rows belong to, with which they are erased. -#}
{% macro judged_rows(table_name, whole, follows=none) -%}
{%- set arrived = arrived_rows(table_name, whole, follows) -%}
with

repeated_keys as (
    {{ repeated_keys(table_name, arrived) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows(table_name, arrived) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason(table_name) }} as own_reason
    from typed
)

{{ latest_delivery(table_name, arrived, from='judged', follows=follows) }}
{%- endmacro %}


{#- The rows of a raw table, every column of the contract typed, the arrived row beside. Needs the CTE
    repeated_keys. -#}
{% macro typed_rows(table_name, arrived) -%}
    {%- set columns = raw_columns(table_name) + [{'name': '_loaded_at', 'kind': 'time'}] -%}
    select
        {%- for column in columns %}
        {{ accepted(column, column.name) }} as {{ column.name }},
        {%- endfor %}
        _file_key,
        _file_row,
        is_repeated,
        landed
    from (
        select
            {%- for column in columns %}
            {{ parsed(column, 'landed.' ~ column.name) }} as {{ column.name }},
            {%- endfor %}
            landed._file_key,
            landed._file_row,
            repeated_keys.key_hash is not null as is_repeated,
            landed
        {#- Beside: with a list of words in the condition DuckDB compares each row with each key. #}
        from (select *, {{ key_hash(table_name) }} as _key_hash from {{ arrived }} as landed) as landed
        left join repeated_keys
            on landed._key_hash = repeated_keys.key_hash
    ) as parsed_rows
{%- endmacro %}


{#- (reason, column, condition) of every rule of a table, in the order of its columns. -#}
{% macro refusals(table_name) -%}
    {%- set rules = [] -%}
    {%- for column in raw_columns(table_name) -%}
        {%- set name = column.name -%}
        {%- if column.get('required') -%}
            {%- set arrived = trimmed('landed.' ~ name) -%}
            {%- do rules.append(('missing_' ~ name, name, name ~ ' is null and ' ~ arrived ~ ' is null')) -%}
            {%- do rules.append(('unreadable_' ~ name, name, name ~ ' is null and ' ~ arrived ~ ' is not null')) -%}
        {%- endif -%}
        {%- if 'min' in column -%}
            {%- set reason = ('negative_' if column.min == 0 else 'too_small_') ~ name -%}
            {%- do rules.append((reason, name, name ~ ' < ' ~ column.min)) -%}
        {%- endif -%}
        {%- if 'max' in column -%}
            {%- do rules.append(('too_large_' ~ name, name, name ~ ' > ' ~ column.max)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for reason, rule in raw_table_meta(table_name).get('refuse', {}).items() -%}
        {%- for name in rule.columns -%}
            {%- do rules.append((reason, name, rule.condition)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}


{#- Why a row is refused for what it says itself: the first broken rule, so that a row counts once. -#}
{% macro own_reason(table_name) -%}
    case
        {%- for reason, column, condition in refusals(table_name) %}
            when {{ condition }} then '{{ reason }}'
        {%- endfor %}
        end
{%- endmacro %}


{#- The names of a row's columns that meet a condition, comma-separated, null if there are none. -#}
{% macro column_names_where(conditions) -%}
    {%- if conditions -%}
    nullif(concat_ws(
        ', '
        {%- for name, condition in conditions %},
        case when {{ condition }} then '{{ name }}' end
        {%- endfor %}
    ), '')
    {%- else -%}
    cast(null as varchar)
    {%- endif -%}
{%- endmacro %}


{% macro unreadable_conditions(table_name) -%}
    {%- set conditions = [] -%}
    {%- for column in raw_columns(table_name) if column.kind not in ('id', 'text') and not column.get('required') -%}
        {%- do conditions.append((
            column.name, column.name ~ ' is null and ' ~ trimmed('landed.' ~ column.name) ~ ' is not null'
        )) -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
