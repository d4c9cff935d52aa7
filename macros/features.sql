{#- The identifiers of everyone on the spine, by moment: facts meet customers on an integer. Month ends
    are for RFM alone. -#}
{% macro spine_identifiers() -%}
    select distinct
        spine.customer_id,
        spine.as_of,
        identifiers.identifier_key
    from {{ ref('feat_spine') }} as spine
    inner join {{ ref('int_identifier_customers') }} as identifiers
        on spine.customer_id = identifiers.customer_id
    where spine.purpose != 'month_end'
{%- endmacro %}


{#- The customers of the spine, by moment, whatever they did. -#}
{% macro spine_moments() -%}
    select distinct
        customer_id,
        as_of
    from {{ ref('feat_spine') }}
    where purpose != 'month_end'
{%- endmacro %}


{#- What is left of an amount after whole days, halved every half-life; a decimal, since a sum of
    doubles depends on the order of its terms. -#}
{% macro decayed(amount, age_days, half_life_days) -%}
    cast({{ amount }} * power(0.5, {{ age_days }} / {{ half_life_days }}.0) as decimal(18, 9))
{%- endmacro %}


{#- What a line's product cost apiece, in the reporting currency, before discount. -#}
{% macro unit_price_paid(line, order) -%}
    cast({{ wide(line ~ '.gross_amount') }} * {{ order }}.rate as double) / cast({{ line }}.quantity as double)
{%- endmacro %}


{#- A feature, but no more than the training moments know of it. -#}
{% macro cut_off(model, feature) -%}
    {%- set limit = "(select limits.upper_limit from " ~ ref('feat_training_limits')
        ~ " as limits where limits.feature_name = '" ~ feature ~ "')" -%}
    case
        when {{ model }}.{{ feature }} > {{ limit }} then {{ limit }}
        else cast({{ model }}.{{ feature }} as double)
    end
{%- endmacro %}
