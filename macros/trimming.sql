{#- Blank, tab, line feed, carriage return, the non-breaking, wide and zero-width blank, the mark. -#}
{% macro white_space() -%}
    {%- set others = [] -%}
    {%- for number in [9, 10, 13, 160, 12288, 8203, 65279] -%}
        {%- do others.append('chr(' ~ number ~ ')') -%}
    {%- endfor -%}
    ' ' || {{ others | join(' || ') }}
{%- endmacro %}


{% macro stripped(text) -%}
    trim({{ text }}, {{ white_space() }})
{%- endmacro %}


{#- Without the white space around it; empty text is no value. A look at the two ends costs a quarter of
    trimming by a list of characters. -#}
{% macro trimmed(text) -%}
    case
        when {{ text }} between '!' and '~' and right({{ text }}, 1) between '!' and '~' then {{ text }}
        else nullif({{ stripped(text) }}, '')
    end
{%- endmacro %}
