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


{#- An amount times a share of it, as money. A wide decimal is slow to round: where it is as small as a
    double is sure of, and not close to a tie, the double rounds to the same. -#}
{% macro times(amount, share) -%}
    {%- set guess = '(cast(' ~ amount ~ ' as double) * cast(' ~ share ~ ' as double))' -%}
    case
        when
            abs({{ guess }}) < 100000
            and abs({{ guess }} * 10000 - floor({{ guess }} * 10000) - 0.5) > 0.001
            then cast(round({{ guess }}, 4) as decimal(18, 4))
        else cast(round({{ wide(amount) }} * {{ share }}, 4) as decimal(18, 4))
    end
{%- endmacro %}
