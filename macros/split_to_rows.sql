{#- One row per part of a text. -#}
{% macro split_to_rows(text, separator) -%}
    {{ return(adapter.dispatch('split_to_rows')(text, separator)) }}
{%- endmacro %}

{% macro default__split_to_rows(text, separator) -%}
    {{ exceptions.raise_compiler_error('split_to_rows is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__split_to_rows(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}
