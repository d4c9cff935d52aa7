{#- On-run-end: what a person should know of this build, in a few lines. -#}
{% macro report_build(results) -%}
    {%- set ran = results | selectattr('status', 'equalto', 'success') | map(attribute='node.name') -%}
    {%- if execute and flags.WHICH in ('build', 'run') and 'int_loads' in ran -%}
        {%- do report_changed_files() -%}
    {%- endif -%}
    {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped']) | list -%}
    {%- if execute and flags.WHICH in ('build', 'run') and not failed -%}
        {%- do report_rows(
            'intermediate', 'int_consent_purposes',
            "select 'No consent was delivered for ' || purpose || ': ' || unmanaged_rule || ' (var consent_unmanaged)' "
            ~ "from {relation} where managed_from is null order by purpose"
        ) -%}
        {%- do report_rows(
            'marts', 'quarantined_rows',
            "select 'Refused ' || sum(copy_count) || ' rows of ' || table_name || ' as ' || reason "
            ~ "|| ': personalization show quarantined_rows' from {relation} "
            ~ "group by table_name, reason order by sum(copy_count) desc, table_name, reason limit 3"
        ) -%}
        {%- do report_rows(
            'ml', 'ml_run_status',
            "select 'List ' || list_name || ' by ' || status || case when customer_count > 0 then "
            ~ "': NDCG@10 ' || cast(ndcg as decimal(9, 4)) || ' on the validation window, best single model '"
            ~ "|| best_single_model_name || ' ' || cast(best_single_ndcg as decimal(9, 4)) else '' end "
            ~ "from {relation} order by list_name"
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro report_rows(schema, identifier, query) -%}
    {%- set relation = adapter.get_relation(target.database, schema, identifier) -%}
    {%- if relation is not none -%}
        {%- for row in run_query(query | replace('{relation}', relation | string)) -%}
            {%- do log(row[0], info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- Files that this build read with other content than the build before, named at most three. -#}
{% macro report_changed_files() -%}
    {%- set newest = adapter.get_relation(target.database, 'intermediate', 'int_newest_build') -%}
    {%- do report_rows(
        'state', 'int_loads',
        'select case when place > 3 then '
        ~ "'Further raw files whose content changed under their old names: ' || (found - 3) || ', see fct_loads' else "
        ~ "'Raw file ' || file_name || ' changed its content under its old name since the last build: a correction, or "
        ~ "a damaged file. Both contents: fct_loads, file_sha256 and replaced_file_sha256' end "
        ~ 'from (select file_name, row_number() over (order by file_name) as place, count(*) over () as found '
        ~ 'from {relation} where previous_sha256 is not null '
        ~ 'and build_number > (select build_number from ' ~ newest ~ ')) as changed '
        ~ 'where place <= 4 order by place'
    ) -%}
{%- endmacro %}
