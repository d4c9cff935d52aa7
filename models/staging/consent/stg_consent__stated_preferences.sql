-- Grain: one row per statement of a preference, fit for use.
select
    preference_id,
    subject_value,
    subject_type,
    preference_type,
    preference_value,
    stated_at,
    _loaded_at
from {{ ref('base_consent__stated_preferences') }}
where rejection_reason is null
