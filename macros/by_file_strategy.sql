{#- The incremental strategy of base models. What follows rows of this model is looked at again where
    some of them are an erased person's, or ceased to be. -#}
{% macro get_incremental_by_file_sql(arguments) -%}
    {{ return(adapter.dispatch('by_file_sql')(arguments)) }}
{%- endmacro %}

{% macro default__by_file_sql(arguments) -%}
    {{ exceptions.raise_compiler_error('by_file_sql is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__by_file_sql(arguments) -%}
    {%- set target = arguments.target_relation -%}
    {%- set temp = arguments.temp_relation -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set is_gone = '_file_key not in (select file_key from raw.landed_files)' -%}
    {%- if arguments.dest_columns | selectattr('name', 'equalto', 'erased_key') | list %}
    update raw.bases set erasures = null
    where
        follows = '{{ this.name }}'
        and (
            exists (select 1 from {{ temp }} where erased_key is not null)
            or exists (select 1 from {{ target }} where erased_key is not null and {{ is_gone }})
            or exists (
                select 1
                from (
                    select {{ arguments.unique_key }} from {{ temp }}
                    union
                    select {{ arguments.unique_key }} from {{ target }} where {{ is_gone }}
                ) as moved
                where {{ keyed_hash('moved.' ~ arguments.unique_key) }} in (
                    select erased_key from {{ target }}
                    union
                    select identifier_hash from state.int_erasures
                    where identifier_type = '{{ arguments.unique_key }}'
                )
            )
        );
    {%- endif %}
    update raw.bases set erasures = 'by file' where model_name = '{{ this.name }}';
    -- Rows that are emptied leave bytes in the file of the warehouse, until that is written anew.
    insert into raw.traces
    select '{{ this.name }}' where exists (
        select 1 from {{ temp }} as erased
        inner join {{ rows_again() }} as again
            on erased._file_key = again._file_key and erased._file_row = again._file_row
        where erased.erased_by is not null
    );
    delete from {{ target }} where {{ is_gone }};
    delete from {{ target }} where exists (
        select 1 from {{ rows_again() }} as again
        where {{ target }}._file_key = again._file_key and {{ target }}._file_row = again._file_row
    );
    insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ temp }};
{%- endmacro %}
