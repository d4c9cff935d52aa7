{#- Lower-case hex HMAC-SHA-256 of a text; the key comes from the environment and stands in no SQL. -#}
{% macro keyed_hash(text) -%}
    {{ return(adapter.dispatch('keyed_hash')(text)) }}
{%- endmacro %}

{% macro default__keyed_hash(text) -%}
    {{ exceptions.raise_compiler_error('keyed_hash is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__keyed_hash(text) -%}
    hmac_of_text({{ text }})
{%- endmacro %}


{#- The same of the normal form of an address or number, as the marts show it; null if it has none. A
    number without a country is one of the shop's own. -#}
{% macro contact_hash(type, value, region) -%}
    {%- if var('phone_region') -%}
        {%- set region = "coalesce(" ~ region ~ ", '" ~ var('phone_region') ~ "')" -%}
    {%- endif -%}
    {{ return(adapter.dispatch('contact_hash')(type, value, region)) }}
{%- endmacro %}

{% macro default__contact_hash(type, value, region) -%}
    {{ exceptions.raise_compiler_error('contact_hash is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__contact_hash(type, value, region) -%}
    hmac_of_contact({{ type }}, {{ value }}, {{ region }})
{%- endmacro %}


{#- What the state knows an identifier by: what can't be read as an address or number, by its text. -#}
{% macro identifier_hash(type, value, region, kind) -%}
    {%- if kind in ('email', 'phone', 'subject') -%}
        coalesce({{ contact_hash(type, value, region) }}, {{ keyed_hash(value) }})
    {%- else -%}
        {{ keyed_hash(value) }}
    {%- endif -%}
{%- endmacro %}
