{#- Whether a customer's rows, one per purpose, grant a purpose. -#}
{% macro is_granted_for(purpose) -%}
    max(case when purpose = '{{ purpose }}' and is_granted then 1 else 0 end) = 1
{%- endmacro %}
