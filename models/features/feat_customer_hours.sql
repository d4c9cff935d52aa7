{# Inside, a number stands for each: text takes more memory. -#}
{% set kinds = ['email_human_open', 'email_human_click', 'web_session', 'order'] -%}
-- Grain: one row per customer, moment, kind of activity and hour of the week in which there was any
-- by then, in the person's time zone of today; UTC where that is unknown.
with

held as (
    {{ spine_identifiers() }}
),

moments as (
    {{ moments_of('held') }}
),

zones as (
    select
        held.identifier_key,
        held.customer_key,
        coalesce(known.timezone, 'UTC') as timezone
    from held
    left join {{ ref('int_customer_attributes') }} as attributes
        on held.customer_id = attributes.customer_id
    left join {{ known_timezones() }} as known
        on attributes.timezone = known.timezone
),

local_hours as (
    select
        zones.customer_key,
        hours.slot_start,
        case hours.kind
            {% for kind in kinds -%}
            when '{{ kind }}' then {{ loop.index }}
            {% endfor -%}
        end as kind_number,
        hours.activity_count,
        {{ hour_of_week(local_time('hours.slot_start', 'zones.timezone')) }} as hour_of_week
    from {{ ref('int_activity_hours') }} as hours
    inner join zones
        on hours.identifier_key = zones.identifier_key
    where
        hours.kind in (
            {% for kind in kinds -%}
            '{{ kind }}'{{ ',' if not loop.last }}
            {% endfor -%}
        )
),

counted as (
    select
        moments.moment_number,
        hours.kind_number,
        hours.hour_of_week,
        cast(sum(hours.activity_count) as integer) as activity_count
    from moments
    inner join local_hours as hours
        on
            moments.customer_key = hours.customer_key
            and moments.as_of > hours.slot_start
    group by 1, 2, 3
),

totals as (
    select
        moment_number,
        kind_number,
        sum(activity_count) as activity_count
    from counted
    group by 1, 2
)

select
    moments.customer_id,
    moments.as_of,
    case counted.kind_number
        {% for kind in kinds -%}
        when {{ loop.index }} then '{{ kind }}'
        {% endfor -%}
    end as kind,
    counted.hour_of_week,
    counted.activity_count,
    cast(counted.activity_count as double) / cast(totals.activity_count as double) as share
from counted
inner join totals
    on
        counted.moment_number = totals.moment_number
        and counted.kind_number = totals.kind_number
inner join moments
    on counted.moment_number = moments.moment_number
