{% set half_life = var('engagement_half_life_days') -%}
{% set maybe_machine = "('email_open', 'email_click')" -%}
{% set age_days = dbt.datediff('days.day_date', 'cast(moments.as_of as date)', 'day') -%}
-- Grain: one row per customer and moment, whatever it did.
with

held as (
    {{ spine_identifiers() }}
),

moments as (
    {{ moments_of('held') }}
),

days as (
    {{ activity_days('held', 'moments') }}
),

by_kind as (
    select
        moments.customer_key,
        moments.as_of,
        days.kind,
        sum({{ decayed('days.activity', age_days, half_life) }}) as engagement,
        max(days.last_at) as last_at,
        {% for days in [30, 90] -%}
        {% for amount in ['activity', 'duration'] -%}
        sum(case
            when {{ age_days }} < {{ days }} then days.{{ amount }}
        end) as {{ amount }}_{{ days }}d,
        {% endfor -%}
        {% endfor -%}
        max(days.day_date) as last_date
    from moments
    inner join days
        on
            {{ is_day_before('days', 'moments') }}
    group by 1, 2, 3
),

-- Weeks in a row carry their own number in the order of all weeks. Few have any, as few were here
-- in the last week; and a machine may have opened or clicked.
active_weeks as (
    select
        moments.customer_key,
        moments.as_of,
        floor({{ age_days }} / 7) as week_number,
        row_number() over (
            partition by moments.customer_key, moments.as_of
            order by floor({{ age_days }} / 7)
        ) - 1 as place
    from by_kind as moments
    inner join days
        on
            {{ is_day_before('days', 'moments') }}
    where
        cast(moments.as_of as date) < moments.last_date + interval '7 days'
        and moments.kind not in {{ maybe_machine }}
        and days.kind not in {{ maybe_machine }}
    group by 1, 2, 3
),

streaks as (
    select
        customer_key,
        as_of,
        count(*) as streak_weeks
    from active_weeks
    where week_number = place
    group by 1, 2
)

select
    moments.customer_id,
    moments.as_of,
    {% for name, kinds in [
        ('email', ['email_human_open', 'email_human_click']), ('sms', ['sms_click']),
        ('push', ['push_click']), ('web', ['web_session']), ('shop', ['order']),
    ] -%}
    cast(coalesce({{ of_kinds('sum', 'by_kind', 'engagement', kinds) }}, 0) as double)
        as {{ name }}_engagement,
    {% endfor -%}
    {% for kind in [
        'email_human_open', 'email_human_click', 'sms_click', 'push_click', 'web_session', 'order',
    ] -%}
    {{ days_between(of_kinds('max', 'by_kind', 'last_at', [kind]), 'moments.as_of') }}
        as days_since_{{ kind | replace('human_', '') }},
    {% endfor -%}
    {% for days in [30, 90] -%}
    {% for name, kind in [
        ('opens', 'email_open'), ('human_opens', 'email_human_open'), ('clicks', 'email_click'),
        ('human_clicks', 'email_human_click'), ('sessions', 'web_session'),
    ] -%}
    cast(coalesce(
        {{ of_kinds('sum', 'by_kind', 'activity_' ~ days ~ 'd', [kind]) }}, 0
    ) as integer) as {{ name }}_{{ days }}d,
    {% endfor -%}
    cast({{ of_kinds('sum', 'by_kind', 'duration_' ~ days ~ 'd', ['web_session']) }} as double)
    / nullif({{ of_kinds('sum', 'by_kind', 'activity_' ~ days ~ 'd', ['web_session']) }}, 0)
        as session_seconds_{{ days }}d,
    {% endfor -%}
    cast(coalesce(max(streaks.streak_weeks), 0) as integer) as streak_weeks
from moments
left join by_kind
    on
        moments.customer_key = by_kind.customer_key
        and moments.as_of = by_kind.as_of
left join streaks
    on
        moments.customer_key = streaks.customer_key
        and moments.as_of = streaks.as_of
group by 1, 2
