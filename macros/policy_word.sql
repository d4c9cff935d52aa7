{#- A word of a statement as policies spell it: in lower case, * where it is missing. -#}
{% macro policy_word(column) -%}
    coalesce(lower({{ column }}), '*')
{%- endmacro %}
