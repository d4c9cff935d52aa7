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
