{#- Whether a whole text fits a regular expression. -#}
{% macro fits_pattern(text, pattern) -%}
    {{ return(adapter.dispatch('fits_pattern')(text, pattern)) }}
{%- endmacro %}

{% macro default__fits_pattern(text, pattern) -%}
    {{ exceptions.raise_compiler_error('fits_pattern is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__fits_pattern(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}
