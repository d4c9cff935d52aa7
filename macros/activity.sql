{#- Activity by day, kind and customer, once for all moments of one time of day, which mostly are
    all: days end at that time. Shifted by the seconds from there to midnight, the last day before a
    moment has the moment's date. -#}
{% macro activity_days(held, moments) -%}
    select
        held.customer_key,
        shifts.shift_seconds,
        hours.kind,
        cast(hours.slot_start + interval '1 second' * shifts.shift_seconds as date) as day_date,
        cast(sum(hours.activity_count) as integer) as activity,
        cast(sum(hours.duration_seconds) as bigint) as duration,
        max(hours.last_at) as last_at
    from {{ ref('int_activity_hours') }} as hours
    inner join {{ held }} as held
        on hours.identifier_key = held.identifier_key
    cross join (
        select distinct {{ seconds_to_midnight('as_of') }} as shift_seconds
        from {{ moments }}
    ) as shifts
    group by 1, 2, 3, 4
{%- endmacro %}


{#- The condition of a join of moments with their days of activity. -#}
{% macro is_day_before(days, moments) -%}
    {{ moments }}.customer_key = {{ days }}.customer_key
    and {{ seconds_to_midnight(moments ~ '.as_of') }} = {{ days }}.shift_seconds
    and cast({{ moments }}.as_of as date) >= {{ days }}.day_date
{%- endmacro %}


{#- From a moment to the end of its day, which is a day where the moment is its start. -#}
{% macro seconds_to_midnight(moment) -%}
    {{ seconds_between(moment, 'cast(' ~ moment ~ " as date) + interval '1 day'") }}
{%- endmacro %}


{#- An aggregate over the rows of some kinds alone. -#}
{% macro of_kinds(aggregate, model, column, kinds) -%}
    {{ aggregate }}(case when {{ model }}.kind in ('{{ kinds | join("', '") }}') then {{ model }}.{{ column }} end)
{%- endmacro %}
