{#- On-run-start: vars that shape lists, see check_vars. -#}
{% macro check_list_vars() -%}
    {%- if not (var('category_cap') is number and var('category_cap') >= 0) -%}
        {%- do exceptions.raise_compiler_error(
            "The var category_cap is '" ~ var('category_cap') ~ "'; give the number of products, or 0 for no cap."
        ) -%}
    {%- endif -%}
    {%- if var('image_required') is not boolean -%}
        {%- do exceptions.raise_compiler_error(
            "The var image_required is '" ~ var('image_required') ~ "'; write true or false."
        ) -%}
    {%- endif -%}
    {%- if not (var('receipt_ranks') is none or (var('receipt_ranks') is number and var('receipt_ranks') >= 0)) -%}
        {%- do exceptions.raise_compiler_error(
            "The var receipt_ranks is '" ~ var('receipt_ranks') ~ "'; give the number of ranks, or null for all."
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
