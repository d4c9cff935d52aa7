{#- A decimal wide enough to multiply: engines keep the narrow type of the factors and overflow in it. -#}
{% macro wide(amount) -%}
    cast({{ amount }} as decimal(38, 8))
{%- endmacro %}


{#- An amount times a rate or a quantity, back in the type of money. -#}
{% macro converted(amount, rate) -%}
    cast(round({{ wide(amount) }} * {{ rate }}, 4) as decimal(18, 4))
{%- endmacro %}
