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
            'popularity_days',
            'engaged_seconds_at_most',
            'praise_from_stars',
            'candidate_count', 'namesakes_from', 'recommender_customers',
            'affinity_half_life_days',
            'engagement_half_life_days',
            'list_length', 'new_item_days', 'exploration_pool',
            'session_idle_minutes',
            'instant_open_seconds',
            'links_at_once_seconds',
            'no_visit_minutes',
            'attribution_lookback_days',
            'time_decay_half_life_days',
            'markov_order',
            'conversion_hours',
            'experiment_covariate_days',
            'experiment_power_lift',
            'experiment_sequential_units',
        ] if not (var(name) is number and var(name) > 0) -%}
            {%- do exceptions.raise_compiler_error(
                'The var ' ~ name ~ " is '" ~ var(name) ~ "'; give a number above 0."
            ) -%}
        {%- endfor -%}
        {%- for kind in ['purchase', 'cart', 'view', 'click', 'praise', 'minute'] -%}
            {%- set weight = var('affinity_weights').get(kind) if var('affinity_weights') is mapping -%}
            {%- if not (weight is number and weight >= 0) -%}
                {%- do exceptions.raise_compiler_error(
                    'The var affinity_weights gives no number from 0 for ' ~ kind
                    ~ ', as in {purchase: 1.0, cart: 0.3, view: 0.1, click: 0.1, praise: 0.5, minute: 0.02}.'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if var('sequence_model') is not boolean -%}
            {%- do exceptions.raise_compiler_error(
                "The var sequence_model is '" ~ var('sequence_model') ~ "'; give true or false."
            ) -%}
        {%- endif -%}
        {%- if var('phone_region') and not (var('phone_region') is string and var('phone_region') | length == 2) -%}
            {%- do exceptions.raise_compiler_error(
                "The var phone_region is '" ~ var('phone_region') ~ "'; give a two-letter country."
            ) -%}
        {%- endif -%}
        {%- for name in [
            'max_refused_share', 'winsorised_share', 'holdout_share', 'trained_negatives_share',
            'diversity', 'new_item_share', 'exploration_share',
        ] if not (var(name) is number and 0 <= var(name) <= 1) -%}
            {%- do exceptions.raise_compiler_error(
                'The var ' ~ name ~ " is '" ~ var(name) ~ "'; give a share from 0 to 1."
            ) -%}
        {%- endfor -%}
        {%- do check_attribution_vars() -%}
        {%- do check_list_vars() -%}
    {%- endif -%}
{%- endmacro %}
