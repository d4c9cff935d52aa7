{#- What the contract says of a raw table: its columns with their rules, from the source's YAML. -#}
{% macro raw_columns(table_name) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- set source = graph.sources['source.personalization.raw.' ~ table_name] -%}
        {%- for column in source.columns.values() -%}
            {%- do columns.append(dict(column.config.meta, name=column.name)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}


{% macro raw_table_meta(table_name) -%}
    {{ return(graph.sources['source.personalization.raw.' ~ table_name].config.meta if execute else {}) }}
{%- endmacro %}


{% macro raw_data_folder() -%}
    {{ return((env_var('RAW_DATA', '') or 'seeds/demo').rstrip('/')) }}
{%- endmacro %}


{#- On-run-start: whatever lies in RAW_DATA becomes one view of text per table of the contract. -#}
{% macro land_raw_tables() -%}
    {{ return(adapter.dispatch('land_raw_tables')()) }}
{%- endmacro %}

{% macro default__land_raw_tables() -%}
    {{ exceptions.raise_compiler_error('land_raw_tables is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__land_raw_tables() -%}
    {%- if execute -%}
        {%- set folder = raw_data_folder() | replace("'", "''") -%}
        {%- do run_query('create schema if not exists raw') -%}
        {%- do run_query(landed_files_query(folder)) -%}
        {%- set files = {} -%}
        {%- for row in run_query('select table_name, file_path from raw.landed_files order by all') -%}
            {%- do files.setdefault(row[0], []).append(row[1]) -%}
        {%- endfor -%}
        {%- do check_known_tables(files) -%}
        {%- do check_vanished_tables(files) -%}
        {%- for source in graph.sources.values() if source.source_name == 'raw' -%}
            {%- do run_query(landed_view(source.name, files.get(source.name, []))) -%}
        {%- endfor -%}
        {%- do log('Landed ' ~ files | length ~ ' raw tables from ' ~ raw_data_folder(), info=true) -%}
    {%- endif -%}
{%- endmacro %}


{% macro landed_files_query(folder) -%}
    create or replace table raw.landed_files as
    with

    found as (
        select
            file as file_path,
            substr(file, length('{{ folder }}/') + 1) as file_name
        from (
            select file from glob('{{ folder }}/*.parquet')
            union all
            select file from glob('{{ folder }}/*/*.parquet')
        )
    )

    select
        split_part(split_part(file_name, '/', 1), '.parquet', 1) as table_name,
        file_name,
        file_path
    from found
{%- endmacro %}


{% macro check_known_tables(files) -%}
    {%- for name in files if 'source.personalization.raw.' ~ name not in graph.sources -%}
        {%- do log('Ignored ' ~ files[name][0] ~ ': ' ~ name ~ ' is no raw table of the contract', info=true) -%}
    {%- endfor -%}
{%- endmacro %}


{#- A table the last build read and that is gone now is a loader's fault until someone says it is not. -#}
{% macro check_vanished_tables(files) -%}
    {%- set last = adapter.get_relation(target.database, 'staging', 'stg_landing__files') -%}
    {%- if last is not none and env_var('ALLOW_MISSING', '') != '1' -%}
        {%- for row in run_query('select distinct table_name from ' ~ last ~ ' order by 1') if row[0] not in files -%}
            {%- do exceptions.raise_compiler_error(
                'Raw table ' ~ row[0] ~ ' was there at the last build and is gone from ' ~ raw_data_folder()
                ~ '. Deliver it again, or set ALLOW_MISSING=1 if it is meant to be gone.'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- Files of one set of columns are scanned together; types meet as text, since files of one table may differ. -#}
{% macro landed_view(table_name, paths) -%}
    {%- set columns = raw_columns(table_name) + [{'name': '_loaded_at', 'kind': 'time'}] -%}
    {%- set shapes = {} -%}
    {%- for path in paths -%}
        {%- set quoted = "'" ~ path | replace("'", "''") ~ "'" -%}
        {%- set types = {} -%}
        {%- for row in run_query('describe select * from read_parquet(' ~ quoted ~ ', binary_as_string = true)') -%}
            {%- do types.update({row[0] | lower: row[1]}) -%}
        {%- endfor -%}
        {%- do shapes.setdefault(types | string, {'types': types, 'files': []})['files'].append(quoted) -%}
    {%- endfor -%}
    {%- do check_required_columns(table_name, columns, shapes) -%}
    create or replace view raw.{{ table_name }} as
    {% for shape in shapes.values() %}
    select
        {% for column in columns %}
        {{ landed_text(column, shape['types'].get(column.name)) }} as {{ column.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from read_parquet([{{ shape['files'] | join(', ') }}], binary_as_string = true)
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        {% for column in columns %}
        cast(null as varchar) as {{ column.name }}{{ ',' if not loop.last }}
        {% endfor %}
    where false
    {% endfor %}
{%- endmacro %}


{% macro check_required_columns(table_name, columns, shapes) -%}
    {%- for column in columns if shapes and column.get('required') -%}
        {%- if shapes.values() | selectattr('types.' ~ column.name, 'defined') | list | length == 0 -%}
            {%- do exceptions.raise_compiler_error(
                'Raw table ' ~ table_name ~ ' in ' ~ raw_data_folder() ~ ' lacks the required column '
                ~ column.name ~ '. Add the column to its Parquet files, or take the table away: a missing table counts as empty.'
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
    {%- elif column.kind == 'json' and type not in ('VARCHAR', 'JSON') -%}
        cast(to_json({{ value }}) as varchar)
    {%- else -%}
        cast({{ value }} as varchar)
    {%- endif -%}
{%- endmacro %}
