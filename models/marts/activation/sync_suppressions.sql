-- Grain: one row per subscriber that must not be mailed.
with

sent as (
    select
        subscriber_id,
        customer_id,
        refused_reason as reason,
        refused_since as since
    from {{ ref('int_mailable') }}
    where not is_mailable
)

select
    *,
    {{ row_hash(['subscriber_id', 'customer_id', 'reason', 'since']) }} as row_hash
from sent
