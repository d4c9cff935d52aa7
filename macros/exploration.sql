{#- Chances of the products at these places as a JSON array, in their order, of the rows of a list. They
    join the row_hash where one is below 1 alone, so that rows without exploration keep theirs. -#}
{% macro propensities_at(places) -%}
    '[' || concat_ws(
            ','
            {%- for place in places %},
            max(case when rank = {{ place }} then cast(propensity as varchar) end)
            {%- endfor %}
        ) || ']'
{%- endmacro %}
