-- Grain: one row per identifier that an erased person shared with others beyond a cap.
select distinct
    identifier_type,
    hub_key as identifier_key
from {{ ref('stg_state__erasures') }}
where role = 'shared'
