{#- Aggregate: the different values of a text column in one text, in order. -#}
{% macro distinct_values(column) -%}
    {{ return(adapter.dispatch('distinct_values')(column)) }}
{%- endmacro %}

{% macro default__distinct_values(column) -%}
    {{ exceptions.raise_compiler_error('distinct_values is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__distinct_values(column) -%}
    string_agg(distinct {{ column }}, ',' order by {{ column }})
{%- endmacro %}
