{#- What the rows of an incremental base model were judged on, beside their files: the rules, the engine,
    the key of hashes and who is erased. Where that has changed since, a file is not judged once but
    again. -#}

{#- On-run-start: the basis of this build. -#}
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
        {%- do run_query('create table if not exists raw.bases (model_name varchar, follows varchar, basis varchar)') -%}
        {%- do run_query(
            "create or replace table raw.basis as select md5(concat_ws('|', version(), "
            ~ keyed_hash("'basis'") ~ ", '" ~ (given | tojson | replace("'", "''")) ~ "', "
            ~ "(select string_agg(md5(content), ',' order by filename) from read_text(["
            ~ "'dbt_project.yml', 'requirements.lock', 'macros/*.sql', 'models/staging/**/*.yml', "
            ~ "'models/staging/**/*.sql', 'src/personalization/identity/*.py'])), "
            ~ "(select md5(string_agg(cast(erasures as varchar), ',' order by cast(erasures as varchar))) "
            ~ "from (select * exclude (resolved_at) from state.int_erasures) as erasures))) as basis"
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro stands_on_basis() -%}
    {%- if not execute -%}
        {{ return(true) }}
    {%- endif -%}
    {{ return(run_query(
        "select count(*) from raw.bases inner join raw.basis on bases.basis = basis.basis "
        ~ "where bases.model_name = '" ~ this.name ~ "'"
    ).rows[0][0] > 0) }}
{%- endmacro %}


{#- After a base model was built, in its transaction. -#}
{% macro note_basis(follows=none) -%}
    delete from raw.bases where model_name = '{{ this.name }}';
    insert into raw.bases
    select '{{ this.name }}', {{ "'" ~ follows ~ "'" if follows else 'null' }}, basis from raw.basis
{%- endmacro %}
