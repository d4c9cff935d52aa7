-- Grain: one row per shop account, fit for use.
select
    shop_customer_id,
    contact_id,
    email,
    phone,
    first_name,
    last_name,
    country,
    created_at,
    updated_at,
    _loaded_at
from {{ ref('base_shop__customers') }}
where rejection_reason is null
