-- Grain: one row per contact of the CRM, fit for use.
select
    contact_id,
    email,
    phone,
    first_name,
    last_name,
    gender,
    country,
    region,
    city,
    postal_code,
    timezone,
    language,
    birth_date,
    created_at,
    updated_at,
    _loaded_at
from {{ ref('base_crm__contacts') }}
where rejection_reason is null
