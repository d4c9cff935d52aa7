{#- A decimal wide enough to multiply: engines keep the narrow type of the factors and overflow in it. -#}
{% macro wide(amount) -%}
    cast({{ amount }} as decimal(38, 8))
{%- endmacro %}


{#- The type of money; an amount beyond any shop's is null, so that no row can stop a build. -#}
{% macro as_money(amount) -%}
    try_cast({{ amount }} as decimal(18, 4))
{%- endmacro %}


{#- An amount times a rate, a quantity or a share, as money. A wide decimal is slow to round: where the
    product is small enough for a double to be sure of it and not close to a tie, it rounds to the same. -#}
{% macro converted(amount, rate) -%}
    {%- set product = '(cast(' ~ amount ~ ' as double) * cast(' ~ rate ~ ' as double))' -%}
    case
        when
            abs({{ product }}) < 100000
            and abs({{ product }} * 10000 - floor({{ product }} * 10000) - 0.5) > 0.001
            then cast(round({{ product }}, 4) as decimal(18, 4))
        else {{ as_money('round(' ~ wide(amount) ~ ' * ' ~ rate ~ ', 4)') }}
    end
{%- endmacro %}
