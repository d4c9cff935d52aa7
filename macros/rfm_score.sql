{#- 1 + floor(5 x share of the customers at that moment that are strictly worse), at most 5; worse first. -#}
{% macro rfm_score(worst_first) -%}
    cast(least(5, 1 + floor(
        5 * (rank() over (partition by as_of order by {{ worst_first }}) - 1)
        / count(*) over (partition by as_of)
    )) as integer)
{%- endmacro %}
