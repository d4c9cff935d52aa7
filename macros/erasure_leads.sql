{#- The request that an identifier is erased for, at whatever time; null if it means nobody. -#}
{% macro erased_for(column) -%}
    case when {{ column.name }}_marks.means_nobody = 0
        then coalesce({{ column.name }}_marks.erased_by, {{ column.name }}_marks.later_by)
    end
{%- endmacro %}


{#- Keyed digest of what stands in a fit row beside an erased identifier without being erased for the
    same request; null of all other rows. Only such a row can lead to more of an erased person. Names
    are part of it, since they decide whether two who share an address are one. So is every spelling of
    a number, by which it is known where a row names no country, and the country. -#}
{% macro lead_digest(table_name) -%}
    {%- set columns = person_columns(table_name) -%}
    {%- if columns | length < 2 -%}
        {{ return('cast(null as varchar)') }}
    {%- endif -%}
    {%- set requests = [] -%}
    {%- set leads = [] -%}
    {%- set values = [] -%}
    {%- for column in columns -%}
        {%- do requests.append(column.name ~ '_erased_for') -%}
    {%- endfor -%}
    {%- set first_request = 'coalesce(' ~ requests | join(', ') ~ ')' -%}
    {%- for column in columns -%}
        {%- if column.identifies == 'phone' -%}
            {%- do leads.append(column.name ~ ' is not null') -%}
            {%- do values.append(column.name) -%}
        {%- else -%}
            {%- do leads.append(
                '(' ~ column.name ~ ' is not null and ' ~ column.name ~ '_erased_for is distinct from ' ~ first_request ~ ')'
            ) -%}
            {%- do values.append('coalesce(' ~ column.name ~ '_erased_for, ' ~ column.name ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if columns | selectattr('identifies', 'equalto', 'phone') | list -%}
        {%- for column in raw_columns(table_name) if column.name in ('first_name', 'last_name', 'country') -%}
            {%- do values.append(column.name) -%}
        {%- endfor -%}
    {%- endif -%}
    case
        when own_reason is null and {{ first_request }} is not null and ({{ leads | join(' or ') }})
            then {{ keyed_hash(row_hash(values)) }}
    end
{%- endmacro %}
