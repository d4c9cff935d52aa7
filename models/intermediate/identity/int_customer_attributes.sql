-- Grain: one row per customer with what its best source says that points at nobody, and which
-- source that is.
select
    customer_id,
    max(case when attribute = 'country' then value end) as country,
    max(case when attribute = 'country' then table_name end) as country_source,
    max(case when attribute = 'timezone' then value end) as timezone,
    max(case when attribute = 'timezone' then table_name end) as timezone_source,
    max(case when attribute = 'language' then value end) as language,
    max(case when attribute = 'language' then table_name end) as language_source,
    max(case when attribute = 'gender' then value end) as gender,
    -- The day of birth would point at somebody.
    cast(date_trunc(
        'month', cast(max(case when attribute = 'birth_date' then value end) as date)
    ) as timestamp) as birth_month
from {{ ref('int_golden_attributes') }}
where attribute in ('country', 'timezone', 'language', 'gender', 'birth_date')
group by 1
