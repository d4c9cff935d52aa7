{#- What an incremental base model stands on beside its files: the rules, the engine and the key of
    hashes, and who is erased. If the first have changed it is built anew, if the second has, who may be
    concerned is judged again. -#}

{#- On-run-start: what this build stands on. -#}
{% macro find_basis() -%}
    {{ return(adapter.dispatch('find_basis')()) }}
{%- endmacro %}

{% macro default__find_basis() -%}
    {{ exceptions.raise_compiler_error('find_basis is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__find_basis() -%}
    {%- if execute -%}
        {%- set given = dict(invocation_args_dict.get('vars') or {}) -%}
        {%- do given.pop('as_of', none) -%}
        {#- What `dbt run --empty` made stands on nothing. -#}
        {%- do given.update(empty=invocation_args_dict.get('empty') or false) -%}
        {%- do run_query(
            'create table if not exists raw.bases (model_name varchar, follows varchar, basis varchar, erasures varchar)'
        ) -%}
        {%- do run_query('create table if not exists raw.traces (model_name varchar)') -%}
        {%- do run_query(
            "create or replace table raw.basis as select md5(concat_ws('|', version(), "
            ~ keyed_hash("'basis'") ~ ", '" ~ (given | tojson | replace("'", "''")) ~ "', "
            ~ "(select string_agg(md5(content), ',' order by filename) from read_text(["
            ~ "'dbt_project.yml', 'requirements.lock', 'macros/**/*.sql', 'models/staging/**/*.yml', "
            ~ "'models/staging/**/*.sql', 'seeds/reference/email_providers.csv', "
            ~ "'src/personalization/identity/*.py', 'src/personalization/warehouse/hashes.py'])))) as basis, "
            ~ "(select md5(coalesce(string_agg(cast(erasures as varchar), ',' order by cast(erasures as varchar)), '')) "
            ~ "from (select * exclude (resolved_at) from state.int_erasures) as erasures) as erasures"
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- dbt's own, but for base models: the basis has to stand, or all is judged anew. -#}
{% macro should_full_refresh() -%}
    {%- if config.get('full_refresh') is not none -%}
        {{ return(config.get('full_refresh')) }}
    {%- endif -%}
    {{ return(flags.FULL_REFRESH or (config.get('incremental_strategy') == 'by_file' and not stands_on('basis'))) }}
{%- endmacro %}


{#- Before the hooks ran, or where an older version built the table, nothing stands. -#}
{% macro stands_on(what) -%}
    {%- if not execute -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set known = run_query(
        "select table_name from information_schema.columns where (table_schema = 'raw' and "
        ~ "table_name = 'bases' and column_name = 'model_name') or (table_schema = '" ~ this.schema
        ~ "' and table_name = '" ~ this.name ~ "' and column_name = '_file_key')"
    ) -%}
    {{ return(known.rows | length == 2 and run_query(
        'select count(*) from raw.bases inner join raw.basis on bases.' ~ what ~ ' = basis.' ~ what
        ~ " where bases.model_name = '" ~ this.name ~ "'"
    ).rows[0][0] > 0) }}
{%- endmacro %}


{#- After a base model was built, in its transaction. Of one that was built anew nobody knows what
    came or went: whatever follows it is looked at again. -#}
{% macro note_basis(follows=none) -%}
    update raw.bases set erasures = null
    where
        follows = '{{ this.name }}'
        and not exists (
            select 1 from raw.bases as own
            where own.model_name = '{{ this.name }}' and own.erasures = 'by file'
        );
    delete from raw.bases where model_name = '{{ this.name }}';
    insert into raw.bases
    select '{{ this.name }}', {{ "'" ~ follows ~ "'" if follows else 'null' }}, basis, erasures from raw.basis
{%- endmacro %}
