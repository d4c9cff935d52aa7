{#- What lies in RAW_DATA, and what of it is no raw table. -#}
{% macro raw_data_folder() -%}
    {{ return((env_var('RAW_DATA', '') or 'seeds/demo').rstrip('/')) }}
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


{#- A file is known by its name and content; so are the rows that came with it. -#}
{% macro landed_files_query(known) -%}
    create or replace table raw.landed_files as
    select *, {{ identifier_key('file_name', 'file_sha256') }} as file_key
    from (
        select
            table_name, file_name, file_path,
            file_sha256(file_path) as file_sha256, file_row_count(file_path) as row_count
        from ({{ found_files_query() }})
        where table_name in ('{{ known | join("', '") }}')
    )
{%- endmacro %}


{#- The folder truth is what `personalization simulate` knows of its world: nobody's mistake. -#}
{% macro say_what_is_ignored(known) -%}
    {%- set ignored = run_query(
        'select file_name, table_name from (' ~ found_files_query() ~ ') '
        ~ "where table_name not in ('truth', '" ~ known | join("', '") ~ "') order by all"
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
