{#- A name in lower case without accents, dots and hyphens: `J.` is the initial of `Jean-Luc`, and `Müller`
    writes `MUELLER` where there are no umlauts. -#}
{% macro plain_name(column) -%}
    {%- set plain = namespace(text=composed('lower(' ~ column ~ ')')) -%}
    {%- for letter, letters in {'ä': 'ae', 'ö': 'oe', 'ü': 'ue', 'ß': 'ss', 'æ': 'ae', 'œ': 'oe'}.items() -%}
        {%- set plain.text = "replace(" ~ plain.text ~ ", '" ~ letter ~ "', '" ~ letters ~ "')" -%}
    {%- endfor -%}
    {#- What has no counterpart in the second list is left out. -#}
    {%- set plain.text = "translate(" ~ plain.text ~ ", 'øłđı-‐–\u00a0.`’''', 'oldi    ')" -%}
    nullif(trim({{ without_accents(plain.text) }}), '')
{%- endmacro %}


{#- A text whose letters and accents are one character each (Unicode NFC). -#}
{% macro composed(text) -%}
    {{ return(adapter.dispatch('composed')(text)) }}
{%- endmacro %}

{% macro default__composed(text) -%}
    {{ exceptions.raise_compiler_error('composed is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}


{#- A text without the accents of its letters. -#}
{% macro without_accents(text) -%}
    {{ return(adapter.dispatch('without_accents')(text)) }}
{%- endmacro %}

{% macro default__without_accents(text) -%}
    {{ exceptions.raise_compiler_error('without_accents is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__without_accents(text) -%}
    strip_accents({{ text }})
{%- endmacro %}
