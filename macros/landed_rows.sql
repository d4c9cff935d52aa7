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


{#- The rows of files as text, where differing types meet, each with its place: the key of its file and
    its number there. -#}
{% macro landed_rows(table_name, shapes) -%}
    {%- set columns = raw_columns(table_name) + [{'name': '_loaded_at', 'kind': 'time'}] -%}
    {% for shape in shapes %}
    select
        {% for column in columns %}
        {{ landed_text(column, shape['types'].get(column.name)) }} as {{ column.name }},
        {% endfor %}
        list_extract([{{ shape['keys'] | join(', ') }}], cast(file_index as bigint) + 1) as _file_key,
        file_row_number as _file_row
    from {{ parquet_scan(shape['files']) }} as files ({{ own_names(shape['types']) }})
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


{#- The columns of files; one that would hide the engine's number of file or row gets another name. -#}
{% macro own_names(types) -%}
    {%- for name in types -%}
        "{{ name | replace('"', '""') }}{{ '_of_loader' if name in ('file_index', 'file_row_number') }}"{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Folder names are no columns, and text that its writer did not mark as text is text. -#}
{% macro parquet_scan(quoted_paths) -%}
    read_parquet([{{ quoted_paths | join(', ') }}], binary_as_string = true, hive_partitioning = false)
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


{#- An incremental base model has a key of one column. -#}
{% macro key_column(table_name) -%}
    {{ return(raw_table_meta(table_name).key | first) }}
{%- endmacro %}


{% macro landed_key(table_name) -%}
    {%- set key = key_column(table_name) -%}
    {{ return(typed(raw_columns(table_name) | selectattr('name', 'equalto', key) | first, 'landed.' ~ key)) }}
{%- endmacro %}
