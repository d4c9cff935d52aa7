{#- On-run-start: the table of erasures stands before any is executed, for base models to read. What
    is in it was written by `personalization erase`. -#}
{% macro make_erasures() -%}
    {%- if execute -%}
        {%- do run_query('create schema if not exists state') -%}
        {%- do run_query(
            'create table if not exists state.int_erasures (request_id varchar, role varchar, '
            ~ 'identifier_type varchar, identifier_hash varchar, hub_key bigint, '
            ~ 'erased_from timestamp, erased_until timestamp, resolved_at timestamp)'
        ) -%}
        {#- In an older state everything was erased since ever. -#}
        {%- do run_query('alter table state.int_erasures add column if not exists erased_from timestamp') -%}
    {%- endif -%}
{%- endmacro %}


{#- On-run-start: a state that an older version wrote gets the shape that this one reads. Loads had no
    number of their build; contents of one file and moment are numbered in the order of their hashes,
    since which of them came first is not known; moves of customers had no reason. -#}
{% macro migrate_state() -%}
    {%- if execute -%}
        {%- set loads = adapter.get_relation(target.database, 'state', 'int_loads') -%}
        {#- get_columns_in_relation would begin a transaction that no hook commits. -#}
        {%- if loads is not none
            and 'build_number' not in run_query('select * from ' ~ loads ~ ' where false').column_names -%}
            {%- do run_query(
                'create or replace table ' ~ loads ~ ' as select '
                ~ 'cast(dense_rank() over (order by as_of, version) as bigint) as build_number, '
                ~ 'as_of, table_name, file_name, file_sha256, cast(null as varchar) as previous_sha256, row_count '
                ~ 'from (select *, row_number() over (partition by as_of, file_name order by file_sha256) as version '
                ~ 'from ' ~ loads ~ ') as versions'
            ) -%}
            {%- do log('The loads in the state were numbered by build: they came from an older version', info=true) -%}
        {%- endif -%}
        {%- set assignments = adapter.get_relation(target.database, 'state', 'int_customer_assignments') -%}
        {%- if assignments is not none
            and 'evidence' not in run_query('select * from ' ~ assignments ~ ' where false').column_names -%}
            {%- for column in ['previous_customer_id', 'kind', 'reason', 'evidence'] -%}
                {%- do run_query('alter table ' ~ assignments ~ ' add column ' ~ column ~ ' varchar') -%}
            {%- endfor -%}
            {%- do log('The assignments in the state came from an older version: reasons of moves begin now', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
