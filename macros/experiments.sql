{#- The place of a unit in an experiment, from 0 to below 10,000: the first 15 hex digits of the md5 of
    salt and unit, modulo 10,000. personalization.experiments.assignment.bucket is the same to the bit. -#}
{% macro experiment_bucket(salt, unit) -%}
    {{ return(adapter.dispatch('experiment_bucket')(salt, unit)) }}
{%- endmacro %}

{% macro default__experiment_bucket(salt, unit) -%}
    {{ exceptions.raise_compiler_error('experiment_bucket is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__experiment_bucket(salt, unit) -%}
    cast('0x' || left(md5({{ salt }} || ':' || {{ unit }}), 15) as bigint) % 10000
{%- endmacro %}

{% macro spark__experiment_bucket(salt, unit) -%}
    cast(conv(left(md5({{ salt }} || ':' || {{ unit }}), 15), 16, 10) as bigint) % 10000
{%- endmacro %}


{#- Where a share of the weights ends among 10,000 buckets, rounded. Whole numbers below 2^53 divide
    exactly enough for floor. -#}
{% macro bucket_at(weight_before, weight_total) -%}
    cast(floor(
        ({{ weight_before }} * 20000 + {{ weight_total }}) / (2 * {{ weight_total }})
    ) as integer)
{%- endmacro %}


{#- Rows of the places of the longest of some JSON arrays, from 0. -#}
{% macro json_places(arrays) -%}
    {{ return(adapter.dispatch('json_places')(arrays)) }}
{%- endmacro %}

{% macro default__json_places(arrays) -%}
    {{ exceptions.raise_compiler_error('json_places is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__json_places(arrays) -%}
    unnest(generate_series(0, cast(greatest(
        {% for array in arrays -%}
        json_array_length({{ array }}){{ ', ' if not loop.last }}
        {%- endfor %}
    ) as bigint) - 1))
{%- endmacro %}


{#- One value of a JSON text as text, by its path. -#}
{% macro json_text(json, path) -%}
    {{ return(adapter.dispatch('json_text')(json, path)) }}
{%- endmacro %}

{% macro default__json_text(json, path) -%}
    {{ exceptions.raise_compiler_error('json_text is not written for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__json_text(json, path) -%}
    json_extract_string({{ json }}, {{ path }})
{%- endmacro %}


{#- Units that have something, as a metric: 1 or 0. -#}
{% macro as_share(condition) -%}
    max(case when {{ condition }} then 1 else 0 end)
{%- endmacro %}


{#- A weight in millionths, null where it is no number from 0 to 1,000. -#}
{% macro weight_of(text) -%}
    {%- set weight = typed({'kind': 'price'}, text) -%}
    case
        when {{ weight }} >= 0 and {{ weight }} <= 1000
            then cast(round({{ weight }} * 1000000) as bigint)
    end
{%- endmacro %}


{#- What the statistics need of a metric's units. Decimals of cents: sums of them do not depend on the
    order, and squares have room for any shop's amounts. -#}
{% macro sums_of_units(value, covariate) -%}
    {%- set y, x = 'cast(' ~ value ~ ' as decimal(18, 2))', 'cast(' ~ covariate ~ ' as decimal(18, 2))' -%}
    sum(case when {{ value }} != 0 then 1 else 0 end) as value_count,
        cast(sum({{ y }}) as double) as value_sum,
        cast(sum({{ y }} * {{ y }}) as double) as value_squares,
        cast(sum({{ x }}) as double) as covariate_sum,
        cast(sum({{ x }} * {{ x }}) as double) as covariate_squares,
        cast(sum({{ y }} * {{ x }}) as double) as product_sum
{%- endmacro %}


{#- Sum of amounts in the reporting currency, in cents; amounts that are unknown add nothing. -#}
{% macro sum_in_cents(amount, rate) -%}
    cast(coalesce(sum({{ converted(amount, rate) }}), 0) as decimal(18, 2))
{%- endmacro %}
