{#- Incremental base models: a file is judged once. New files bring rows, files that are gone or have
    new content take theirs away, and whoever shares a key with such rows is judged anew, in whatever
    file it came. -#}

{#- The rows that a base model has to judge now: all of them as a table, or at a full refresh.
    rows : what they are selected from.
    known_files : keys of files that were read before and are read again for some rows. -#}
{% macro arrived_rows(table_name, whole) -%}
    {%- if not is_incremental() -%}
        {{ return({'rows': whole, 'known_files': []}) }}
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
    {%- if not added and not gone -%}
        {{ return({'rows': '(select * from ' ~ whole ~ ' where false)', 'known_files': []}) }}
    {%- endif -%}
    {%- set keys = touched_keys(table_name, added, gone) -%}
    {%- set again = [] -%}
    {%- for row in run_query(
        'select distinct _file_key from ' ~ this ~ ' where ' ~ key_of(table_name) ~ ' in (' ~ keys ~ ') order by 1'
    ) if row[0] in files -%}
        {%- do again.append(files[row[0]]) -%}
    {%- endfor -%}
    {{ return({
        'rows': rows_of_files(table_name, added, again, keys),
        'known_files': again | map(attribute='key') | list,
    }) }}
{%- endmacro %}


{% macro key_of(table_name) -%}
    {{ return(raw_table_meta(table_name).key | first) }}
{%- endmacro %}


{% macro typed_key(table_name) -%}
    {%- for column in raw_columns(table_name) if column.name == key_of(table_name) -%}
        {{ return(typed(column, 'landed.' ~ column.name)) }}
    {%- endfor -%}
{%- endmacro %}


{% macro touched_keys(table_name, added, gone) -%}
    select {{ typed_key(table_name) }} from ({{ landed_rows(table_name, file_shapes(added)) }}) as landed
    {%- if gone %}
    union all
    select {{ key_of(table_name) }} from {{ this }} where _file_key in ({{ gone | join(', ') }})
    {%- endif %}
{%- endmacro %}


{% macro rows_of_files(table_name, added, again, keys) -%}
    (
    {{ landed_rows(table_name, file_shapes(added)) }}
    {%- if again %}
    union all
    select landed.* from ({{ landed_rows(table_name, file_shapes(again)) }}) as landed
    where {{ typed_key(table_name) }} in ({{ keys }})
    {%- endif %}
    )
{%- endmacro %}


{#- dbt's own, but for base models: what they were judged on has to stand, or all is judged anew. -#}
{% macro should_full_refresh() -%}
    {%- if config.get('full_refresh') is not none -%}
        {{ return(config.get('full_refresh')) }}
    {%- endif -%}
    {{ return(flags.FULL_REFRESH or (config.get('incremental_strategy') == 'by_file' and not stands_on_basis())) }}
{%- endmacro %}


{#- The incremental strategy of base models. Rows that follow those of this model are judged anew where
    some of these became an erased person's, or ceased to be. -#}
{% macro get_incremental_by_file_sql(arguments) -%}
    {%- set target = arguments.target_relation -%}
    {%- set temp = arguments.temp_relation -%}
    {%- set key = arguments.unique_key -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set is_gone = '_file_key not in (select file_key from raw.landed_files)' -%}
    {%- if arguments.dest_columns | selectattr('name', 'equalto', 'erased_key') | list %}
    delete from raw.bases
    where
        follows = '{{ this.name }}'
        and (
            exists (select 1 from {{ temp }} where erased_key is not null)
            or exists (select 1 from {{ target }} where erased_key is not null and {{ is_gone }})
            or exists (
                select 1 from {{ temp }} as arrived
                where {{ keyed_hash('arrived.' ~ key) }} in (select erased_key from {{ target }})
            )
        );
    {%- endif %}
    delete from {{ target }} where {{ is_gone }};
    delete from {{ target }} where {{ key }} in (select {{ key }} from {{ temp }});
    insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ temp }};
{%- endmacro %}
