-- Grain: one row per customer, moment and preference that had been stated by then. Of what can be
-- one thing only (frequency, hour) the last statement holds.
with

held as (
    {{ spine_identifiers() }}
),

moments as (
    {{ moments_of('held') }}
),

stated as (
    select
        moments.customer_id,
        moments.as_of,
        preferences.preference_type,
        preferences.preference_value,
        max(preferences.stated_at) as stated_at
    from moments
    inner join held
        on moments.customer_key = held.customer_key
    inner join {{ ref('int_stated_preferences') }} as preferences
        on
            held.identifier_key = preferences.identifier_key
            and moments.as_of > preferences.stated_at
    group by 1, 2, 3, 4
)

select
    customer_id,
    as_of,
    preference_type,
    preference_value,
    stated_at
from stated
qualify
    preference_type not in ('frequency', 'hour')
    or row_number() over (
        partition by customer_id, as_of, preference_type
        order by stated_at desc, preference_value asc
    ) = 1
