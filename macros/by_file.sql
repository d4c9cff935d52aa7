{#- Incremental base models: a row is judged once, as its file arrives. Judged again are those that share
    a key with rows which came or went, and those that may have become, or ceased to be, an erased
    person's. -#}

{#- How such a model is kept: as a table to add to, or, where it is read once in few columns and thrown
    away, not at all. -#}
{% macro judged_once() -%}
    {{ return('view' if var('bases_as_views', false) else 'incremental') }}
{%- endmacro %}


{#- The rows that a base model has to judge now: all of them as a table, or at a full refresh. -#}
{% macro arrived_rows(table_name, whole, follows=none) -%}
    {#- A unit test has no relation of its own. -#}
    {%- if this is none or not is_incremental() -%}
        {{ return(whole) }}
    {%- endif -%}
    {%- set files = {} -%}
    {%- for row in run_query(
        "select file_key, file_path from raw.landed_files where table_name = '" ~ table_name ~ "' order by file_name"
    ) -%}
        {%- do files.update({row[0]: {'key': row[0], 'path': row[1]}}) -%}
    {%- endfor -%}
    {%- set known = run_query('select distinct _file_key from ' ~ this).columns[0].values() -%}
    {%- set added = files.values() | rejectattr('key', 'in', known) | list -%}
    {%- set gone = known | reject('in', files) | list -%}
    {%- do run_query('create or replace table ' ~ rows_again() ~ ' as ' ~ touched_rows(table_name, added, gone, follows)) -%}
    {%- if not stands_on('erasures') -%}
        {%- do run_query('insert into ' ~ rows_again() ~ ' ' ~ rivals(table_name, files_again(files))) -%}
    {%- endif -%}
    {{ return(rows_of_files(table_name, added, files_again(files))) }}
{%- endmacro %}


{#- The files in which rows are judged again. -#}
{% macro files_again(files) -%}
    {%- set again = [] -%}
    {%- for row in run_query('select distinct _file_key from ' ~ rows_again() ~ ' order by 1') if row[0] in files -%}
        {%- do again.append(files[row[0]]) -%}
    {%- endfor -%}
    {{ return(again) }}
{%- endmacro %}


{#- The places of further rows with a key of those judged again: where one is erased, or ceases to be,
    another delivery counts. An erased row has no key but in its file. -#}
{% macro rivals(table_name, again) -%}
    {%- set key = key_column(table_name) -%}
    select _file_key, _file_row from {{ this }}
    where {{ key }} in (
        select {{ landed_key(table_name) }}
        from {{ rows_of_files(table_name, [], again) }} as landed
    )
    except
    select _file_key, _file_row from {{ rows_again() }}
{%- endmacro %}


{#- Where the places of the rows stand that this model judges again. -#}
{% macro rows_again() -%}
    raw.{{ this.name }}_again
{%- endmacro %}


{#- The places of the rows to judge again. -#}
{% macro touched_rows(table_name, added, gone, follows) -%}
    {%- set place = '_file_key, _file_row' -%}
    {%- set key = key_column(table_name) -%}
    select {{ place }} from {{ this }} where false
    {%- if added %}
    union
    select {{ place }} from {{ this }}
    where {{ key }} in (
        select {{ landed_key(table_name) }}
        from ({{ landed_rows(table_name, file_shapes(added)) }}) as landed
    )
    {%- endif %}
    {%- if gone %}
    union
    select {{ place }} from {{ this }}
    where {{ key }} in (select {{ key }} from {{ this }} where _file_key in ({{ gone | join(', ') }}))
    {%- endif %}
    {%- if not stands_on('erasures') %}
    union
    select {{ place }} from {{ this }} where erased_by is not null or lead_digest is not null
    union
    select {{ place }} from ({{ rows_with_marks(table_name, follows) }}) as marked
    {%- endif %}
{%- endmacro %}


{#- Rows that name somebody whom erasures speak of, whatever follows from it. -#}
{% macro rows_with_marks(table_name, follows) -%}
    with fit as (
        select * from {{ this }} where erased_by is null
    )
    {{- erasure_marks(table_name, 'fit', follows) }}
    select fit._file_key, fit._file_row
    from fit
    {{- erasure_joins(table_name, 'fit', follows) }}
    where
        false
        {%- for column in person_columns(table_name) + marking_records(table_name, follows) %}
        or {{ column.name }}_marks.raw_value is not null
        {%- endfor %}
{%- endmacro %}


{% macro rows_of_files(table_name, added, again) -%}
    (
    {{ landed_rows(table_name, file_shapes(added)) }}
    {%- if again %}
    union all
    select landed.*
    from ({{ landed_rows(table_name, file_shapes(again)) }}) as landed
    inner join {{ rows_again() }} as again
        on landed._file_key = again._file_key and landed._file_row = again._file_row
    {%- endif %}
    )
{%- endmacro %}
