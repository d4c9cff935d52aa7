{#- On-run-end: what a person should know of this build, in a few lines. -#}
{% macro report_build(results) -%}
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
            "select 'Model ' || model_name || ' for ' || purpose || ' ' || status from {relation} "
            ~ "where status != 'ran' order by model_name, purpose"
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
