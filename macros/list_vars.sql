{#- On-run-start: vars that shape lists, see check_vars. -#}
{% macro check_list_vars() -%}
    {%- for name in [
        'list_length', 'candidate_count', 'recommender_customers', 'exploration_pool', 'train_cutoffs',
    ] if var(name) is not integer -%}
        {%- do exceptions.raise_compiler_error(
            'The var ' ~ name ~ " is '" ~ var(name) ~ "'; give a whole number."
        ) -%}
    {%- endfor -%}
    {%- set windows = var('recommender_windows') -%}
    {%- if not (windows is integer and 0 <= windows <= var('train_cutoffs')) -%}
        {%- do exceptions.raise_compiler_error(
            "The var recommender_windows is '" ~ windows ~ "'; give a whole number from 0 to that of train_cutoffs, "
            ~ var('train_cutoffs') ~ '.'
        ) -%}
    {%- endif -%}
    {%- if not (var('category_cap') is integer and var('category_cap') >= 0) -%}
        {%- do exceptions.raise_compiler_error(
            "The var category_cap is '" ~ var('category_cap')
            ~ "'; give the whole number of products, or 0 for no cap."
        ) -%}
    {%- endif -%}
    {%- if var('image_required') is not boolean -%}
        {%- do exceptions.raise_compiler_error(
            "The var image_required is '" ~ var('image_required') ~ "'; write true or false."
        ) -%}
    {%- endif -%}
    {%- if not (var('receipt_ranks') is none or (var('receipt_ranks') is integer and var('receipt_ranks') >= 0)) -%}
        {%- do exceptions.raise_compiler_error(
            "The var receipt_ranks is '" ~ var('receipt_ranks') ~ "'; give the whole number of ranks, or null for all."
        ) -%}
    {%- endif -%}
    {%- set weights = var('objective_weights') -%}
    {%- for objective in ['conversion', 'retention', 'upsell'] -%}
        {%- set weight = weights.get(objective) if weights is mapping -%}
        {%- if not (weight is number and weight >= 0) -%}
            {%- do exceptions.raise_compiler_error(
                'The var objective_weights gives no number from 0 for ' ~ objective
                ~ ', as in {conversion: 1, retention: 0, upsell: 0}.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if weights | length > 3 -%}
        {%- do exceptions.raise_compiler_error(
            'The var objective_weights knows conversion, retention and upsell alone; it says '
            ~ weights | join(', ') ~ '.'
        ) -%}
    {%- endif -%}
{%- endmacro %}
