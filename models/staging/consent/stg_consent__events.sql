-- Grain: one row per change of consent, fit for use.
select
    consent_event_id,
    subject_value,
    subject_type,
    purpose,
    status,
    legal_basis,
    jurisdiction,
    occurred_at,
    _loaded_at
from {{ ref('base_consent__events') }}
where rejection_reason is null
