-- Grain: one row per customer and moment. Only what does not change is read for past moments: when
-- a person was born and what gender, never where it lives today.
with

moments as (
    {{ spine_moments() }}
),

known as (
    select
        moments.customer_id,
        moments.as_of,
        attributes.gender,
        floor({{ days_between('attributes.birth_month', 'moments.as_of') }} / 365.25) as age_years,
        {{ days_between('customers.first_seen_at', 'moments.as_of') }} as known_days
    from moments
    inner join {{ ref('int_customers') }} as customers
        on moments.customer_id = customers.customer_id
    left join {{ ref('int_customer_attributes') }} as attributes
        on moments.customer_id = attributes.customer_id
)

select
    customer_id,
    as_of,
    case when age_years between 0 and 120 then cast(age_years as integer) end as age_years,
    gender,
    known_days
from known
