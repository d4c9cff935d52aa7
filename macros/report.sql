{#- On-run-end: placeholder until written. -#}
{% macro report_build(results) -%}
{%- endmacro %}
