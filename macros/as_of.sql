{#- The one moment of the build, read from its one-row model: a run_query would break `dbt compile`. -#}
{% macro as_of() -%}
    (select moments.as_of from {{ ref('int_as_of') }} as moments)
{%- endmacro %}


{#- On-run-start: an as_of that can't be read is one clear error, not a cast that fails somewhere. -#}
{% macro check_as_of() -%}
    {%- if execute and var('as_of') is not none -%}
        {%- set text = var('as_of') | string | replace("'", "''") -%}
        {%- set moment = run_query("select " ~ between_years(utc_timestamp("'" ~ text ~ "'"), 1990, 2100)) -%}
        {%- if moment.rows[0][0] is none -%}
            {%- do exceptions.raise_compiler_error(
                "as_of is '" ~ var('as_of') ~ "', which is no moment between 1990 and 2100. "
                ~ 'Give a date (midnight UTC) or a timestamp, such as 2026-03-01 or 2026-03-01T12:00:00Z.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
