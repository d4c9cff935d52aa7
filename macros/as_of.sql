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


{#- On-run-start: a var that would fail somewhere deep, or empty a mart in silence, is named here. -#}
{% macro check_vars() -%}
    {%- if execute -%}
        {%- for name in [
            'recycled_after_days', 'training_customers', 'retrain_days', 'label_days',
            'popularity_days', 'purchase_half_life_days', 'list_length',
            'instant_open_seconds', 'links_at_once_seconds', 'no_visit_minutes',
            'session_idle_minutes', 'attribution_lookback_days', 'time_decay_half_life_days',
            'markov_order', 'experiment_covariate_days', 'experiment_power_lift',
            'experiment_sequential_units',
        ] if not (var(name) is number and var(name) > 0) -%}
            {%- do exceptions.raise_compiler_error(
                'The var ' ~ name ~ " is '" ~ var(name) ~ "'; give a number above 0."
            ) -%}
        {%- endfor -%}
        {%- if var('phone_region') and not (var('phone_region') is string and var('phone_region') | length == 2) -%}
            {%- do exceptions.raise_compiler_error(
                "The var phone_region is '" ~ var('phone_region') ~ "'; give a two-letter country."
            ) -%}
        {%- endif -%}
        {%- for name in ['holdout_share', 'winsorised_at'] if not (var(name) is number and 0 <= var(name) <= 1) -%}
            {%- do exceptions.raise_compiler_error(
                'The var ' ~ name ~ " is '" ~ var(name) ~ "'; give a share from 0 to 1."
            ) -%}
        {%- endfor -%}
        {%- if not (var('max_refused_share') is number and 0 <= var('max_refused_share') <= 1) -%}
            {%- do exceptions.raise_compiler_error(
                "The var max_refused_share is '" ~ var('max_refused_share') ~ "'; give a share from 0 to 1."
            ) -%}
        {%- endif -%}
        {%- do check_attribution_vars() -%}
    {%- endif -%}
{%- endmacro %}
