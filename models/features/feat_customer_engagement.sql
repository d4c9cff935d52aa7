{% set half_life = var('engagement_half_life_days') -%}
-- Grain: one row per customer and moment, whatever it did.
with

held as (
    {{ spine_identifiers() }}
),

-- Whole days before the moment: 0 is the last one, and each is half open as the moment is.
daily as (
    select
        held.customer_id,
        held.as_of,
        hours.kind,
        cast(floor(
            ({{ seconds_between('hours.hour_start', 'held.as_of') }} - 1) / 86400
        ) as integer) as age_days,
        sum(hours.activity_count) as activity,
        sum(hours.duration_seconds) as duration,
        max(hours.last_at) as last_at
    from held
    inner join {{ ref('int_activity_hours') }} as hours
        on
            held.identifier_key = hours.identifier_key
            and held.as_of > hours.hour_start
    group by 1, 2, 3, 4
),

measured as (
    select
        customer_id,
        as_of,
        {% for name, kinds in [
            ('email', "('email_human_open', 'email_human_click')"), ('sms', "('sms_click')"),
            ('push', "('push_click')"), ('web', "('web_session')"), ('shop', "('order')"),
        ] -%}
        sum(case
            when kind in {{ kinds }}
                then {{ decayed('activity', 'age_days', half_life) }}
        end) as {{ name }}_engagement,
        {% endfor -%}
        {% for name, kind in [
            ('email_open', 'email_human_open'), ('email_click', 'email_human_click'),
            ('sms_click', 'sms_click'), ('push_click', 'push_click'),
            ('web_session', 'web_session'), ('order', 'order'),
        ] -%}
        max(case when kind = '{{ kind }}' then last_at end) as last_{{ name }}_at,
        {% endfor -%}
        {% for days in [30, 90] -%}
        {% for name, kind, amount in [
            ('opens', 'email_open', 'activity'), ('human_opens', 'email_human_open', 'activity'),
            ('clicks', 'email_click', 'activity'), ('sessions', 'web_session', 'activity'),
            ('human_clicks', 'email_human_click', 'activity'),
            ('session_seconds', 'web_session', 'duration'),
        ] -%}
        sum(case
            when kind = '{{ kind }}' and age_days < {{ days }} then {{ amount }} else 0
        end) as {{ name }}_{{ days }}d,
        {% endfor -%}
        {% endfor -%}
        count(*) as day_count
    from daily
    group by 1, 2
),

-- Weeks in a row carry their own number in the order of all weeks.
active_weeks as (
    select distinct
        customer_id,
        as_of,
        floor(age_days / 7) as week_number,
        dense_rank() over (
            partition by customer_id, as_of order by floor(age_days / 7)
        ) - 1 as place
    from daily
    where kind not in ('email_open', 'email_click')
),

streaks as (
    select
        customer_id,
        as_of,
        count(*) as streak_weeks
    from active_weeks
    where week_number = place
    group by 1, 2
),

moments as (
    {{ spine_moments() }}
)

select
    moments.customer_id,
    moments.as_of,
    {% for name in ['email', 'sms', 'push', 'web', 'shop'] -%}
    coalesce(cast(measured.{{ name }}_engagement as double), 0) as {{ name }}_engagement,
    {% endfor -%}
    {% for name in [
        'email_open', 'email_click', 'sms_click', 'push_click', 'web_session', 'order',
    ] -%}
    {{ days_between('measured.last_' ~ name ~ '_at', 'moments.as_of') }} as days_since_{{ name }},
    {% endfor -%}
    {% for days in [30, 90] -%}
    {% for name in ['opens', 'human_opens', 'clicks', 'human_clicks', 'sessions'] -%}
    cast(coalesce(measured.{{ name }}_{{ days }}d, 0) as integer) as {{ name }}_{{ days }}d,
    {% endfor -%}
    cast(measured.session_seconds_{{ days }}d as double)
    / nullif(measured.sessions_{{ days }}d, 0) as session_seconds_{{ days }}d,
    {% endfor -%}
    cast(coalesce(streaks.streak_weeks, 0) as integer) as streak_weeks
from moments
left join measured
    on
        moments.customer_id = measured.customer_id
        and moments.as_of = measured.as_of
left join streaks
    on
        moments.customer_id = streaks.customer_id
        and moments.as_of = streaks.as_of
