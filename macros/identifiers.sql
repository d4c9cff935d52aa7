{#- The integer that stands for an identifier inside the warehouse: 60 bits of its md5, so that no
    counter has to be kept. A test proves that no two identifiers share one. -#}
{% macro identifier_key(type, value) -%}
    {{ return(adapter.dispatch('identifier_key')(type, value)) }}
{%- endmacro %}

{% macro default__identifier_key(type, value) -%}
    {{ exceptions.raise_compiler_error('identifier_key is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__identifier_key(type, value) -%}
    cast('0x' || left(md5({{ type }} || '|' || {{ value }}), 15) as bigint)
{%- endmacro %}


{#- A unified id: from the hash of the identifier that founds the customer, and a number that counts
    the ids this founder gave before. The letter keeps spreadsheets from reading a number. -#}
{% macro customer_id_of(founder_key, number) -%}
    'c' || left(md5(cast({{ founder_key }} as varchar) || '|' || cast({{ number }} as varchar)), 19)
{%- endmacro %}


{#- The key of an id column of the records, null where a loader wrote a word for nothing. -#}
{% macro accepted_id_key(column) -%}
    case
        when lower(records.{{ column }}) not in (
            select refused.value from {{ ref('int_refused_ids') }} as refused
            where refused.identifier_type = '{{ column }}'
        ) then {{ identifier_key("'" ~ column ~ "'", 'records.' ~ column) }}
    end
{%- endmacro %}


{#- Whether an identifier was refused for the number of people that use it. -#}
{% macro is_refused_by_a_cap(reason) -%}
    {{ reason }} like 'too_many_%'
{%- endmacro %}


{#- The condition of a join with int_contact_value_keys: who held an address or number at a moment. -#}
{% macro is_holder_at(holders, type, value, moment) -%}
    {{ type }} = {{ holders }}.identifier_type
    and {{ value }} = {{ holders }}.raw_value
    and {{ moment }} >= {{ holders }}.valid_from
    and {{ moment }} < {{ holders }}.valid_to
{%- endmacro %}
