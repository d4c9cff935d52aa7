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


{#- Whether one name is among the words of the other, as a maiden name in a double one. -#}
{% macro is_word_of(one, other) -%}
    replace(' ' || {{ other }} || ' ', ' ' || {{ one }} || ' ', '') != ' ' || {{ other }} || ' '
{%- endmacro %}


{#- Two names that a slip of the pen, a short form or a double name makes one; null if one is missing. -#}
{% macro names_are_alike(one, other) -%}
    (
        {{ begins(one, other) }}
        or {{ is_word_of(one, other) }}
        or {{ is_word_of(other, one) }}
        or {{ edit_distance(one, other) }} <= case when least(length({{ one }}), length({{ other }})) < 8 then 1 else 2 end
    )
{%- endmacro %}


{#- Two names that nothing makes one; a missing name differs from none, nor does one in another script. -#}
{% macro names_differ(one, other) -%}
    coalesce(
        not {{ names_are_alike(one, other) }}
        and {{ fits_pattern(one, '.*[a-z].*') }} = {{ fits_pattern(other, '.*[a-z].*') }},
        false
    )
{%- endmacro %}


{#- Whether of two records (first_name, last_name) one is the father's and one the son's, as they say. -#}
{% macro generations_differ(one, other) -%}
    (
        {{ bears_word(one, 'jr|junior') }} and {{ bears_word(other, 'sr|senior') }}
        or {{ bears_word(one, 'sr|senior') }} and {{ bears_word(other, 'jr|junior') }}
    )
{%- endmacro %}

{% macro bears_word(record, words) -%}
    {{ fits_pattern("' ' || concat_ws(' ', " ~ record ~ ".first_name, " ~ record ~ ".last_name) || ' '", '.* (' ~ words ~ ') .*') }}
{%- endmacro %}


{#- Whether two records (first_name, last_name) have the first name of the one where the other has its last. -#}
{% macro names_are_swapped(one, other) -%}
    coalesce(
        {{ names_are_alike(one ~ '.first_name', other ~ '.last_name') }}
        and {{ names_are_alike(one ~ '.last_name', other ~ '.first_name') }},
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


{#- Whether two records (first_name, last_name) name two people. They do not if all letters are the same in
    either order: some write the last name first, or a second first name as the last. -#}
{% macro full_names_are_unequal(one, other) -%}
    (
        {{ names_are_unequal(one ~ '.first_name', other ~ '.first_name') }}
        or {{ names_are_unequal(one ~ '.last_name', other ~ '.last_name') }}
    )
    and coalesce(
        replace({{ one }}.first_name || {{ one }}.last_name, ' ', '') not in (
            replace({{ other }}.first_name || {{ other }}.last_name, ' ', ''),
            replace({{ other }}.last_name || {{ other }}.first_name, ' ', '')
        ),
        true
    )
{%- endmacro %}
