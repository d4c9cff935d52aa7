{#- After `as` of a CTE that is read twice, each time for other rows: read it anew, don't hold it. -#}
{% macro not_kept() -%}
    {{ return(adapter.dispatch('not_kept')()) }}
{%- endmacro %}

{% macro default__not_kept() -%}
    {{ exceptions.raise_compiler_error('not_kept is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__not_kept() -%}
    not materialized
{%- endmacro %}
