{#- On-run-start: whatever lies in RAW_DATA becomes one view of text per table of the contract. -#}
{% macro land_raw_tables() -%}
    {{ return(adapter.dispatch('land_raw_tables')()) }}
{%- endmacro %}

{% macro default__land_raw_tables() -%}
    {{ exceptions.raise_compiler_error('land_raw_tables is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__land_raw_tables() -%}
    {%- if execute -%}
        {%- set known = graph.sources.values() | selectattr('source_name', 'equalto', 'raw') | map(attribute='name') | list -%}
        {%- do run_query('create schema if not exists raw') -%}
        {%- do run_query(landed_files_query(known)) -%}
        {%- set files = {} -%}
        {%- for row in run_query('select table_name, file_path, file_key from raw.landed_files order by all') -%}
            {%- do files.setdefault(row[0], []).append({'path': row[1], 'key': row[2]}) -%}
        {%- endfor -%}
        {%- do say_what_is_ignored(known) -%}
        {%- do check_vanished_tables(files) -%}
        {%- for name in known -%}
            {%- set shapes = file_shapes(files.get(name, [])) -%}
            {%- do check_required_columns(name, shapes) -%}
            {%- do run_query('create or replace view raw.' ~ name ~ ' as ' ~ landed_rows(name, shapes)) -%}
        {%- endfor -%}
        {%- do log('Landed ' ~ files | length ~ ' raw tables from ' ~ raw_data_folder(), info=true) -%}
        {%- if not files -%}
            {%- do log('No raw table at all: every mart will be empty. See docs/raw_tables.md', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Files of one set of columns and types, which are scanned together. -#}
{% macro file_shapes(files) -%}
    {%- set shapes = {} -%}
    {%- for file in files -%}
        {%- set quoted = "'" ~ literal_path(file.path) ~ "'" -%}
        {%- set types = {} -%}
        {%- for row in run_query('describe select * from ' ~ parquet_scan([quoted])) -%}
            {%- do types.update({row[0] | lower: row[1]}) -%}
        {%- endfor -%}
        {%- set shape = shapes.setdefault(types | string, {'types': types, 'files': [], 'keys': []}) -%}
        {%- do shape['files'].append(quoted) -%}
        {%- do shape['keys'].append(file.key) -%}
    {%- endfor -%}
    {{ return(shapes.values() | list) }}
{%- endmacro %}


{#- The rows of files as text, where differing types meet, each with its place: the key of its file and its number there. -#}
{% macro landed_rows(table_name, shapes) -%}
    {%- set columns = raw_columns(table_name) + [{'name': '_loaded_at', 'kind': 'time'}] -%}
    {% for shape in shapes %}
    select
        {% for column in columns %}
        {{ landed_text(column, shape['types'].get(column.name)) }} as {{ column.name }},
        {% endfor %}
        list_extract([{{ shape['keys'] | join(', ') }}], cast(file_index as bigint) + 1) as _file_key,
        file_row_number as _file_row
    from {{ parquet_scan(shape['files']) }}
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        {% for column in columns %}
        cast(null as varchar) as {{ column.name }},
        {% endfor %}
        cast(null as bigint) as _file_key,
        cast(null as bigint) as _file_row
    where false
    {% endfor %}
{%- endmacro %}


{#- Folder names are no columns, and text that its writer did not mark as text is text. -#}
{% macro parquet_scan(quoted_paths) -%}
    read_parquet([{{ quoted_paths | join(', ') }}], binary_as_string = true, hive_partitioning = false)
{%- endmacro %}


{% macro check_required_columns(table_name, shapes) -%}
    {%- for column in raw_columns(table_name) if shapes and column.get('required') -%}
        {%- if shapes | selectattr('types.' ~ column.name, 'defined') | list | length == 0 -%}
            {%- do exceptions.raise_compiler_error(
                'Raw table ' ~ table_name ~ ' in ' ~ raw_data_folder() ~ ' lacks the required column '
                ~ column.name ~ '. Add the column to its Parquet files, or take the table away: '
                ~ 'a missing table counts as empty.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- One arrived column as text. A whole double loses its `.0`; where text belongs, NaN is no value. -#}
{% macro landed_text(column, type) -%}
    {%- set value = '"' ~ column.name ~ '"' -%}
    {%- if type is none -%}
        cast(null as varchar)
    {%- elif type in ('DOUBLE', 'FLOAT') -%}
        case
            when isfinite({{ value }}) and {{ value }} = trunc({{ value }}) and abs({{ value }}) < 1e18
                then cast(cast({{ value }} as bigint) as varchar)
            {%- if column.kind in ('id', 'text', 'word') %}
            when not isfinite({{ value }}) then null
            {%- endif %}
            else cast({{ value }} as varchar)
        end
    {%- elif column.kind == 'text' and type == 'VARCHAR[]' -%}
        array_to_string({{ value }}, ',')
    {%- elif column.kind == 'json' and type not in ('VARCHAR', 'JSON') -%}
        cast(to_json({{ value }}) as varchar)
    {%- else -%}
        cast({{ value }} as varchar)
    {%- endif -%}
{%- endmacro %}
