{#- Days from one timestamp to another, with fraction. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    {{ exceptions.raise_compiler_error('days_between is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    date_diff('microsecond', {{ earlier }}, {{ later }}) / 86400000000.0
{%- endmacro %}


{#- Rows of the first instant of every month after `first` up to and including `last`. -#}
{% macro month_starts(first, last) -%}
    {{ return(adapter.dispatch('month_starts')(first, last)) }}
{%- endmacro %}

{% macro default__month_starts(first, last) -%}
    {{ exceptions.raise_compiler_error('month_starts is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__month_starts(first, last) -%}
    unnest(generate_series(
        cast(date_trunc('month', {{ first }}) + interval '1 month' as timestamp), {{ last }}, interval '1 month'
    ))
{%- endmacro %}


{#- Rows of every day from `first` up to and including `last`. -#}
{% macro days_from(first, last) -%}
    {{ return(adapter.dispatch('days_from')(first, last)) }}
{%- endmacro %}

{% macro default__days_from(first, last) -%}
    {{ exceptions.raise_compiler_error('days_from is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__days_from(first, last) -%}
    cast(unnest(generate_series(
        cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval '1 day'
    )) as date)
{%- endmacro %}
