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
        {%- set known = graph.sources.values() | selectattr('source_name', 'equalto', 'raw') | map(attribute='name') | list -%}
        {%- do run_query('create schema if not exists raw') -%}
        {%- do run_query(landed_files_query(known)) -%}
        {%- set files = {} -%}
        {%- for row in run_query('select table_name, file_path from raw.landed_files order by all') -%}
            {%- do files.setdefault(row[0], []).append(row[1]) -%}
        {%- endfor -%}
        {%- do say_what_is_ignored(known) -%}
        {%- do check_vanished_tables(files) -%}
        {%- for name in known -%}
            {%- do run_query(landed_view(name, files.get(name, []))) -%}
        {%- endfor -%}
        {%- do log('Landed ' ~ files | length ~ ' raw tables from ' ~ raw_data_folder(), info=true) -%}
        {%- if not files -%}
            {%- do log('No raw table at all: every mart will be empty. See docs/raw_tables.md', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- A path for a glob pattern: what would be a wildcard in it stands for itself; quotes are doubled. -#}
{% macro literal_path(path) -%}
    {{ return(
        path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') | replace("'", "''")
    ) }}
{%- endmacro %}


{% macro found_files_query() -%}
    select
        file as file_path,
        substr(file, {{ raw_data_folder() | length + 2 }}) as file_name,
        split_part(
            replace(substr(file, {{ raw_data_folder() | length + 2 }}), '.parquet', ''), '/', 1
        ) as table_name
    from (
        select file from glob('{{ literal_path(raw_data_folder()) }}/*.parquet')
        union all
        select file from glob('{{ literal_path(raw_data_folder()) }}/*/*.parquet')
    )
{%- endmacro %}


{% macro landed_files_query(known) -%}
    create or replace table raw.landed_files as
    select table_name, file_name, file_path
    from ({{ found_files_query() }})
    where table_name in ('{{ known | join("', '") }}')
{%- endmacro %}


{% macro say_what_is_ignored(known) -%}
    {%- set ignored = run_query(
        'select file_name, table_name from (' ~ found_files_query() ~ ') '
        ~ "where table_name not in ('" ~ known | join("', '") ~ "') order by all"
    ) -%}
    {%- for row in ignored -%}
        {%- do log('Ignored ' ~ row[0] ~ ': ' ~ row[1] ~ ' is no raw table of the contract', info=true) -%}
    {%- endfor -%}
    {%- set deeper = run_query(
        "select file from glob('" ~ literal_path(raw_data_folder()) ~ "/*/*/**/*.parquet') order by all"
    ) -%}
    {%- for row in deeper -%}
        {%- do log('Ignored ' ~ row[0] ~ ': files lie at <table>.parquet or <table>/<file>.parquet', info=true) -%}
    {%- endfor -%}
{%- endmacro %}


{#- A table that is gone since the last build is a loader's fault until someone says it is not. -#}
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


{#- Files of one set of columns are scanned together; types meet as text, since files may differ. -#}
{% macro landed_view(table_name, paths) -%}
    {%- set columns = raw_columns(table_name) + [{'name': '_loaded_at', 'kind': 'time'}] -%}
    {%- set shapes = {} -%}
    {%- for path in paths -%}
        {%- set quoted = "'" ~ literal_path(path) ~ "'" -%}
        {%- set types = {} -%}
        {%- for row in run_query('describe select * from ' ~ parquet_scan([quoted])) -%}
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
    from {{ parquet_scan(shape['files']) }}
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        {% for column in columns %}
        cast(null as varchar) as {{ column.name }}{{ ',' if not loop.last }}
        {% endfor %}
    where false
    {% endfor %}
{%- endmacro %}


{#- Folder names are no columns, and text that its writer did not mark as text is text. -#}
{% macro parquet_scan(quoted_paths) -%}
    read_parquet([{{ quoted_paths | join(', ') }}], binary_as_string = true, hive_partitioning = false)
{%- endmacro %}


{% macro check_required_columns(table_name, columns, shapes) -%}
    {%- for column in columns if shapes and column.get('required') -%}
        {%- if shapes.values() | selectattr('types.' ~ column.name, 'defined') | list | length == 0 -%}
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
