{#- How many single characters have to change to make one text of the other. -#}
{% macro edit_distance(one, other) -%}
    {{ return(adapter.dispatch('edit_distance')(one, other)) }}
{%- endmacro %}

{% macro default__edit_distance(one, other) -%}
    {{ exceptions.raise_compiler_error('edit_distance is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__edit_distance(one, other) -%}
    levenshtein({{ one }}, {{ other }})
{%- endmacro %}


{#- Whether one name begins the other: an initial, a short form, a first of several names. -#}
{% macro begins(one, other) -%}
    ({{ one }} = left({{ other }}, length({{ one }})) or {{ other }} = left({{ one }}, length({{ other }})))
{%- endmacro %}


{#- Two names that no slip of the pen and no short form makes one; a missing name differs from none. -#}
{% macro names_differ(one, other) -%}
    coalesce(
        not {{ begins(one, other) }}
        and {{ edit_distance(one, other) }} > case when least(length({{ one }}), length({{ other }})) < 8 then 1 else 2 end,
        false
    )
{%- endmacro %}


{#- The same to the letter but for an initial: people of one household bear names like Jan and Jana. -#}
{% macro names_are_unequal(one, other) -%}
    coalesce(
        {{ one }} != {{ other }}
        and not (least(length({{ one }}), length({{ other }})) = 1 and {{ begins(one, other) }}),
        false
    )
{%- endmacro %}


{#- A name in lower case without dots and hyphens, so that `J.` is the initial of `Jean-Luc`. -#}
{% macro plain_name(column) -%}
    nullif(trim(replace(replace(lower({{ column }}), '.', ''), '-', ' ')), '')
{%- endmacro %}
