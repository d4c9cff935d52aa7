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
