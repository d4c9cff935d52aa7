{#- The identifiers of everyone on the spine, with an integer that stands for their customer inside a
    query, the smallest of them: an id is text, and costs twice. Month ends are for RFM alone. -#}
{% macro spine_identifiers() -%}
    select
        spine.customer_id,
        identifiers.identifier_key,
        min(identifiers.identifier_key) over (partition by spine.customer_id) as customer_key
    from (
        select distinct customer_id
        from {{ ref('feat_spine') }}
        where purpose != 'month_end'
    ) as spine
    inner join {{ ref('int_identifier_customers') }} as identifiers
        on spine.customer_id = identifiers.customer_id
{%- endmacro %}


{#- The customers of the spine, by moment, whatever they did. -#}
{% macro spine_moments() -%}
    select distinct
        customer_id,
        as_of
    from {{ ref('feat_spine') }}
    where purpose != 'month_end'
{%- endmacro %}


{#- The same, each with a number, and with the integer of the customer in `held`, which is
    spine_identifiers(); null for who holds none. -#}
{% macro moments_of(held) -%}
    select
        spine.customer_id,
        held.customer_key,
        spine.as_of,
        cast(row_number() over (order by held.customer_key, spine.as_of) as integer) as moment_number
    from ({{ spine_moments() }}) as spine
    left join {{ held }} as held
        on
            spine.customer_id = held.customer_id
            and held.customer_key = held.identifier_key
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
