{#- md5 of several values, to see whether any of them changed. -#}
{% macro row_hash(values) -%}
    md5({{ row_text(values) }})
{%- endmacro %}


{#- Several values as one text. Each goes with its length and null has a sign of its own: null is not
    '', and ('a', 'b') is not ('ab', ''). -#}
{% macro row_text(values) -%}
    concat_ws(
        ','
        {%- for value in values %},
        coalesce(
            length(cast({{ value }} as varchar)) || ':' || cast({{ value }} as varchar), '-'
        )
        {%- endfor %}
    )
{%- endmacro %}
