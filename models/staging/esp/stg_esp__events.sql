-- Grain: one row per event of a send, fit for use.
select
    event_id,
    send_id,
    product_id,
    event_type,
    url,
    user_agent,
    ip,
    bounce_type,
    is_machine,
    occurred_at,
    _loaded_at
from {{ ref('base_esp__events') }}
where rejection_reason is null
