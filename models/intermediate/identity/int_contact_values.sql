{{ config(schema='pii') }}

-- Grain: one row per distinct e-mail address or phone number as it arrived, and region of a phone.
with

subjects as (
    select
        subject_type,
        subject_value
    from {{ ref('stg_consent__events') }}
    union all
    select
        subject_type,
        subject_value
    from {{ ref('stg_consent__privacy_requests') }}
    union all
    select
        subject_type,
        subject_value
    from {{ ref('stg_consent__stated_preferences') }}
    union all
    select
        subject_type,
        subject_value
    from {{ ref('stg_experiments__exposures') }}
)

select
    'email' as identifier_type,
    email as raw_value,
    cast(null as varchar) as region
from {{ ref('int_identity_records') }}
where email is not null
union
select
    'phone',
    phone,
    region
from {{ ref('int_identity_records') }}
where phone is not null
union
select
    subject_type,
    subject_value,
    null
from subjects
where subject_type in ('email', 'phone')
