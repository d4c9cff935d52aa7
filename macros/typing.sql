{#- Text as it arrived, typed by the kind its column has in the contract: the value, or null where it
    is unreadable. Base models take the two steps one by one, so that no value is made twice. -#}
{% macro typed(column, text) -%}
    {{ accepted(column, parsed(column, text)) }}
{%- endmacro %}


{#- Arrived text as a value of its kind. An engine without a branch stops at compile; it never gets a
    silently different value. -#}
{% macro parsed(column, text) -%}
    {{ return(adapter.dispatch('parsed')(column, text)) }}
{%- endmacro %}

{% macro default__parsed(column, text) -%}
    {{ exceptions.raise_compiler_error('parsed is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__parsed(column, text) -%}
    {%- set value = trimmed(text) -%}
    {%- if column.kind in ('id', 'text') -%}
        {{ value }}
    {%- elif column.kind in ('word', 'boolean') -%}
        {#- Few different ones: functions alone, without a case, run once for each of Parquet's dictionary. -#}
        lower({{ stripped(text) }})
    {%- elif column.kind == 'currency' -%}
        upper({{ stripped(text) }})
    {%- elif column.kind in ('money', 'quantity') -%}
        {#- Below 10^12, so that no sum of an order's amounts can overflow. -#}
        cast(try_cast({{ value }} as decimal(16, 4)) as decimal(18, 4))
    {%- elif column.kind == 'price' -%}
        {#- Below 10^10, and quantities below 10^12: their product fits the widest decimal. -#}
        try_cast({{ value }} as decimal(18, 8))
    {%- elif column.kind == 'integer' -%}
        case when try_cast({{ value }} as decimal(18, 4)) = try_cast({{ value }} as bigint) then try_cast({{ value }} as bigint) end
    {%- elif column.kind == 'json' -%}
        case when json_valid({{ value }}){% if column.get('array') %} and json_type({{ value }}) = 'ARRAY'{% endif %} then {{ value }} end
    {%- elif column.kind == 'time' -%}
        {{ arrived_timestamp(text) }}
    {%- elif column.kind in ('date', 'birth_date') -%}
        cast({{ arrived_timestamp(text) }} as date)
    {%- else -%}
        {{ exceptions.raise_compiler_error(column.name ~ ' has the unknown kind ' ~ column.kind) }}
    {%- endif -%}
{%- endmacro %}


{#- A parsed value, null where its kind has no such value. -#}
{% macro accepted(column, value) -%}
    {%- if column.kind == 'word' and column.get('accepted') -%}
        case when {{ value }} in ('{{ column.accepted | join("', '") }}') then {{ value }} end
    {%- elif column.kind == 'word' -%}
        nullif({{ value }}, '')
    {%- elif column.kind == 'boolean' -%}
        case
            when {{ value }} in ('true', 't', 'yes', 'y', '1') then true
            when {{ value }} in ('false', 'f', 'no', 'n', '0') then false
        end
    {%- elif column.kind == 'currency' -%}
        case when {{ fits_pattern(value, '[A-Z]{3}') }} then {{ value }} end
    {%- elif column.kind in ('time', 'date') -%}
        {{ between_years(value, 1990, 2100) }}
    {%- elif column.kind == 'birth_date' -%}
        {{ between_years(value, 1900, 2100) }}
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}


{#- A plain cast to timestamp would silently drop an offset such as +14:00; the session's zone is UTC. -#}
{% macro utc_timestamp(value) -%}
    cast(try_cast({{ value }} as timestamptz) as timestamp)
{%- endmacro %}


{#- Text just as the engine writes a timestamp has neither an offset nor white space around it, and is
    read in half the time. -#}
{% macro arrived_timestamp(text) -%}
    case
        when cast(try_cast({{ text }} as timestamp) as varchar) = {{ text }} then try_cast({{ text }} as timestamp)
        else {{ utc_timestamp(trimmed(text)) }}
    end
{%- endmacro %}


{% macro between_years(value, first, end) -%}
    case when {{ value }} >= '{{ first }}-01-01' and {{ value }} < '{{ end }}-01-01' then {{ value }} end
{%- endmacro %}


{#- The arrived row as one value, to keep it if it is refused. -#}
{% macro row_json(table_name) -%}
    {{ return(adapter.dispatch('row_json')(table_name)) }}
{%- endmacro %}

{% macro default__row_json(table_name) -%}
    {{ exceptions.raise_compiler_error('row_json is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__row_json(table_name) -%}
    cast(to_json({
        {%- for column in raw_columns(table_name) %}'{{ column.name }}': landed.{{ column.name }}, {% endfor -%}
        '_loaded_at': landed._loaded_at
    }) as varchar)
{%- endmacro %}


{#- Stops the query with a message where the condition holds; otherwise true. -#}
{% macro fail_when(condition, message) -%}
    {{ return(adapter.dispatch('fail_when')(condition, message)) }}
{%- endmacro %}

{% macro default__fail_when(condition, message) -%}
    {{ exceptions.raise_compiler_error('fail_when is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__fail_when(condition, message) -%}
    case when {{ condition }} then error({{ message }}) else true end
{%- endmacro %}
