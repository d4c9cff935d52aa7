{#- Which rows are an erased person's: the strongest identifier that stands in a row decides, as it does
    for whom an order belongs to. An identifier that means nobody does not stand. -#}
{% macro identifying_columns(table_name, types) -%}
    {%- set found = [] -%}
    {%- for type in types -%}
        {%- for column in raw_columns(table_name) if column.get('identifies') == type -%}
            {%- do found.append(column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- What names a person, the strongest first. -#}
{% macro person_columns(table_name) -%}
    {{ return(identifying_columns(table_name, [
        'subject', 'subscriber_id', 'shop_customer_id', 'contact_id', 'email', 'phone', 'anonymous_id',
    ])) }}
{%- endmacro %}


{#- What names a record that belongs to a person. -#}
{% macro record_columns(table_name) -%}
    {{ return(identifying_columns(table_name, ['request_id', 'order_id', 'send_id'])) }}
{%- endmacro %}


{% macro erasable_columns(table_name) -%}
    {{ return(person_columns(table_name) + record_columns(table_name)) }}
{%- endmacro %}


{#- The country that a row's phone is read by; null where its table has none. -#}
{% macro phone_region(table_name, row='landed') -%}
    {%- if raw_columns(table_name) | selectattr('name', 'equalto', 'country') | list -%}
        {{ trimmed(row ~ '.country') }}
    {%- else -%}
        cast(null as varchar)
    {%- endif -%}
{%- endmacro %}


{#- The type of a column's values, for a subject row by row. -#}
{% macro type_of_identifier(table_name, column) -%}
    {%- if column.identifies == 'subject' -%}
        {%- for other in raw_columns(table_name) if other.name == 'subject_type' -%}
            {{ typed(other, 'landed.subject_type') }}
        {%- endfor -%}
    {%- else -%}
        cast('{{ column.identifies }}' as varchar)
    {%- endif -%}
{%- endmacro %}


{#- The first request that a row is refused for; null if it is no erased person's. Lines, refunds and
    mail events follow what they belong to, at any time; so does the request itself. -#}
{% macro erased_by(table_name, row, follows=none) -%}
    {%- set own_marks = [] -%}
    {#- Copies of a request that lack its id are known by its moment. -#}
    {%- set later = '>' if record_columns(table_name) | selectattr('identifies', 'equalto', 'request_id') | list else '>=' -%}
    {%- if not erasable_columns(table_name) -%}
        {{ return('cast(null as varchar)') }}
    {%- endif -%}
    case
    {%- for column in record_columns(table_name) %}
        {%- if follows is not none or column.identifies == 'request_id' %}
        when {{ column.name }}_marks.erased_by is not null then {{ column.name }}_marks.erased_by
        {%- else -%}
            {%- do own_marks.append(column.name ~ '_marks.') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for column in raw_columns(table_name) if column.get('happened') and person_columns(table_name) %}
        when {{ row }}.{{ column.name }} {{ later }} {{ first_mark(table_name, row, own_marks, 'erased_until') }} then null
        else {{ first_mark(table_name, row, own_marks, 'erased_by') }}
    {%- endfor %}
    end
{%- endmacro %}


{#- What the record's own mark says, else that of the strongest identifier which stands in the row; of
    those that mean nobody only if nothing stands. -#}
{% macro first_mark(table_name, row, own_marks, attribute) -%}
    {%- set all = [] -%}
    coalesce({% for mark in own_marks %}{{ mark ~ attribute }}, {% endfor %}case
        {%- for column in person_columns(table_name) -%}
            {%- set mark = column.name ~ '_marks.' -%}
            {%- do all.append(mark ~ attribute) %}
            when {{ row }}.{{ column.name }} is not null and coalesce({{ mark }}means_nobody, 0) = 0
                then {{ mark ~ attribute }}
        {%- endfor %}
            else {{ 'coalesce(' ~ all | join(', ') ~ ')' if all | length > 1 else all[0] }}
        end)
{%- endmacro %}
