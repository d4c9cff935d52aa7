{#- A rate from two counts or amounts that add up; null where nothing could have happened. -#}
{% macro ratio(part, whole) -%}
    cast({{ part }} as double) / nullif(cast({{ whole }} as double), 0)
{%- endmacro %}
