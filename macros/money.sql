{#- A decimal wide enough to multiply: engines keep the narrow type of the factors and overflow in it. -#}
{% macro wide(amount) -%}
    cast({{ amount }} as decimal(38, 8))
{%- endmacro %}


{#- The type of money; an amount beyond any shop's is null, so that no row can stop a build. -#}
{% macro as_money(amount) -%}
    try_cast({{ amount }} as decimal(18, 4))
{%- endmacro %}


{#- An amount times a rate or a quantity, as money. -#}
{% macro converted(amount, rate) -%}
    {{ as_money('round(' ~ wide(amount) ~ ' * ' ~ rate ~ ', 4)') }}
{%- endmacro %}
