{#- A number from several values, equal if they are equal. It never leaves the query: engines and their
    versions differ in it. -#}
{% macro hash_number(values) -%}
    {{ return(adapter.dispatch('hash_number')(values)) }}
{%- endmacro %}

{% macro default__hash_number(values) -%}
    {{ exceptions.raise_compiler_error('hash_number is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__hash_number(values) -%}
    hash({{ values | join(', ') }})
{%- endmacro %}
