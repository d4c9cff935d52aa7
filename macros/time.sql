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


{#- The number of the stretch of so many minutes, counted from 1970, that a timestamp lies in. -#}
{% macro time_slot(moment, minutes) -%}
    {{ return(adapter.dispatch('time_slot')(moment, minutes)) }}
{%- endmacro %}

{% macro default__time_slot(moment, minutes) -%}
    {{ exceptions.raise_compiler_error('time_slot is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__time_slot(moment, minutes) -%}
    cast(floor(
        date_diff('second', cast('1970-01-01' as timestamp), {{ moment }}) / ({{ minutes }} * 60)
    ) as bigint)
{%- endmacro %}


{#- Whole seconds from one timestamp to another. -#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    {{ exceptions.raise_compiler_error('seconds_between is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    cast(floor(date_diff('microsecond', {{ earlier }}, {{ later }}) / 1000000.0) as bigint)
{%- endmacro %}


{#- The time zones that local_time reads; any other name would stop a build. -#}
{% macro known_timezones() -%}
    {{ return(adapter.dispatch('known_timezones')()) }}
{%- endmacro %}

{% macro default__known_timezones() -%}
    {{ exceptions.raise_compiler_error('known_timezones is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__known_timezones() -%}
    (select distinct zones.name as timezone from pg_timezone_names() as zones)
{%- endmacro %}


{#- What a clock in a time zone showed at a moment in UTC. -#}
{% macro local_time(moment, timezone) -%}
    {{ return(adapter.dispatch('local_time')(moment, timezone)) }}
{%- endmacro %}

{% macro default__local_time(moment, timezone) -%}
    {{ exceptions.raise_compiler_error('local_time is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__local_time(moment, timezone) -%}
    timezone({{ timezone }}, timezone('UTC', {{ moment }}))
{%- endmacro %}


{#- The hour of the week of a timestamp: 0 is the first of Monday, 167 the last of Sunday. -#}
{% macro hour_of_week(moment) -%}
    {{ return(adapter.dispatch('hour_of_week')(moment)) }}
{%- endmacro %}

{% macro default__hour_of_week(moment) -%}
    {{ exceptions.raise_compiler_error('hour_of_week is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__hour_of_week(moment) -%}
    cast(date_diff('hour', date_trunc('week', {{ moment }}), {{ moment }}) as integer)
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
