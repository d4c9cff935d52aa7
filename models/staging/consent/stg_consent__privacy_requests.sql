-- Grain: one row per request of a person, fit for use.
select
    request_id,
    subject_value,
    request_type,
    subject_type,
    requested_at,
    _loaded_at
from {{ ref('base_consent__privacy_requests') }}
where rejection_reason is null
