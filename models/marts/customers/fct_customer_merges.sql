-- Grain: one row per pair of customers and moment at which identifiers went from one to the other.
with

moves as (
    select
        case kind when 'merge' then customer_id else previous_customer_id end as survivor_id,
        case kind when 'merge' then previous_customer_id else customer_id end as absorbed_id,
        assigned_as_of as happened_at,
        kind,
        reason,
        evidence,
        identifier_key
    from {{ ref('int_customer_assignments') }}
    where previous_customer_id is not null and assigned_as_of <= {{ as_of() }}
)

select
    survivor_id,
    absorbed_id,
    happened_at,
    min(kind) as kind,
    min(reason) as reason,
    min(evidence) as evidence,
    count(distinct identifier_key) as identifier_count
from moves
group by 1, 2, 3
