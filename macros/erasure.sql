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


{#- Those records that a row may be erased by: the state knows of no send, so a send is known to be gone
    by the model that it follows alone. -#}
{% macro marking_records(table_name, follows) -%}
    {{ return(identifying_columns(table_name, ['request_id', 'order_id'] + (['send_id'] if follows is not none else []))) }}
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
    {%- set moment = row ~ '.' ~ happened_column(table_name) -%}
    {#- Copies of a request that lack its id are known by its moment. -#}
    {%- set before = '<=' if record_columns(table_name) | selectattr('identifies', 'equalto', 'request_id') | list else '<' -%}
    {%- set marks = [] -%}
    {%- for column in marking_records(table_name, follows) -%}
        {%- if follows is not none or column.identifies == 'request_id' -%}
            {%- do marks.append(column.name ~ '_marks.erased_by') -%}
        {%- else -%}
            {%- do marks.append(mark_at(column, moment, before)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if person_columns(table_name) -%}
        {%- do marks.append(person_mark(table_name, row, moment, before)) -%}
    {%- endif -%}
    coalesce({{ marks | join(', ') ~ ', ' if marks }}cast(null as varchar))
{%- endmacro %}


{#- What the strongest identifier which stands in the row says; of those that mean nobody only if
    nothing stands. -#}
{% macro person_mark(table_name, row, moment, before) -%}
    {%- set all = [] -%}
    case
        {%- for column in person_columns(table_name) -%}
            {%- do all.append(mark_at(column, moment, before)) %}
        when {{ row }}.{{ column.name }} is not null and coalesce({{ column.name }}_marks.means_nobody, 0) = 0
            then {{ mark_at(column, moment, before) }}
        {%- endfor %}
        else coalesce({{ all | join(', ') }}, cast(null as varchar))
    end
{%- endmacro %}


{#- The request by which an identifier is erased at a moment: at any, if that can't be read. -#}
{% macro mark_at(column, moment, before) -%}
    {%- set marks = column.name ~ '_marks' -%}
    case
        when {{ moment }} {{ before }} {{ marks }}.erased_until then {{ marks }}.erased_by
        when {{ moment }} >= {{ marks }}.later_from and {{ moment }} < {{ marks }}.later_until then {{ marks }}.later_by
        when {{ moment }} is null then coalesce({{ marks }}.erased_by, {{ marks }}.later_by)
    end
{%- endmacro %}


{#- When what a row tells of happened. -#}
{% macro happened_column(table_name) -%}
    {{ return(raw_columns(table_name) | selectattr('happened', 'defined') | map(attribute='name') | first) }}
{%- endmacro %}
