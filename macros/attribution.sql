{#- Methods that share an order among its touches. -#}
{% macro attribution_methods() -%}
    {{ return([
        'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based',
        'markov', 'shapley',
    ]) }}
{%- endmacro %}


{#- The kinds of events that count as touches, quoted, for an IN. -#}
{% macro touchpoint_kinds() -%}
    {%- for kind in var('touchpoint_kinds') -%}
        '{{ kind }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Aggregate: values as a list, in order. -#}
{% macro list_in_order(value, order) -%}
    {{ return(adapter.dispatch('list_in_order')(value, order)) }}
{%- endmacro %}

{% macro default__list_in_order(value, order) -%}
    {{ exceptions.raise_compiler_error('list_in_order is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__list_in_order(value, order) -%}
    list({{ value }} order by {{ order }})
{%- endmacro %}


{#- Vars that the journeys would misread in silence. -#}
{% macro check_attribution_vars() -%}
    {%- set kinds = var('touchpoint_kinds') -%}
    {%- set known = ['visit', 'click', 'open', 'impression', 'sent'] -%}
    {%- if kinds is string or kinds is not iterable or not kinds | list -%}
        {%- do exceptions.raise_compiler_error(
            "The var touchpoint_kinds is '" ~ kinds ~ "'; give a list of kinds, such as [visit, click]."
        ) -%}
    {%- endif -%}
    {%- for kind in kinds if (kind | string).split(':')[-1] not in known or "'" in kind | string -%}
        {%- do exceptions.raise_compiler_error(
            "The var touchpoint_kinds has '" ~ kind ~ "'; give " ~ known | join(', ')
            ~ ', or one of them after a channel and a colon.'
        ) -%}
    {%- endfor -%}
    {%- set weights = var('position_weights') -%}
    {%- if weights is string or weights is not iterable or weights | length != 3
        or weights | select('number') | list | length != 3 or weights | min < 0
        or weights[0] + weights[2] <= 0 -%}
        {%- do exceptions.raise_compiler_error(
            "The var position_weights is '" ~ weights ~ "'; give three numbers from 0, for the first "
            ~ 'touch, those between and the last, such as [0.4, 0.2, 0.4].'
        ) -%}
    {%- endif -%}
    {%- if var('markov_order') is not integer -%}
        {%- do exceptions.raise_compiler_error(
            "The var markov_order is '" ~ var('markov_order') ~ "'; give a whole number above 0."
        ) -%}
    {%- endif -%}
{%- endmacro %}
