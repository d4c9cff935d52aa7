-- Grain: one row per customer, moment, kind of activity and hour of the week in which there was any
-- by then, in the person's time zone of today; UTC where that is unknown.
with

held as (
    {{ spine_identifiers() }}
),

zones as (
    select
        attributes.customer_id,
        attributes.timezone
    from {{ ref('int_customer_attributes') }} as attributes
    inner join {{ known_timezones() }} as known
        on attributes.timezone = known.timezone
),

local_hours as (
    select
        held.customer_id,
        held.as_of,
        hours.kind,
        hours.activity_count,
        {{ local_time('hours.hour_start', "coalesce(zones.timezone, 'UTC')") }} as local_hour
    from held
    inner join {{ ref('int_activity_hours') }} as hours
        on
            held.identifier_key = hours.identifier_key
            and held.as_of > hours.hour_start
    left join zones
        on held.customer_id = zones.customer_id
    where hours.kind in ('email_human_open', 'email_human_click', 'web_session', 'order')
),

counted as (
    select
        customer_id,
        as_of,
        kind,
        {{ hour_of_week('local_hour') }} as hour_of_week,
        sum(activity_count) as activity_count
    from local_hours
    group by 1, 2, 3, 4
)

select
    customer_id,
    as_of,
    kind,
    hour_of_week,
    cast(activity_count as integer) as activity_count,
    cast(activity_count as double) / cast(
        sum(activity_count) over (partition by customer_id, as_of, kind) as double
    ) as share
from counted
