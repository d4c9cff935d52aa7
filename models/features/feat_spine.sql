-- Grain: one row per customer, moment and purpose for which features may be computed: the only
-- door. Who was there at that moment, is known, and allows profiling then and now.
with

cutoffs as (
    select * from {{ ref('feat_cutoffs') }}
),

-- Drawn once for all moments; the lowest numbers are the sample.
customers as (
    select
        customers.customer_id,
        customers.first_seen_at,
        row_number() over (
            order by md5(customers.customer_id), customers.customer_id
        ) as draw_number
    from {{ ref('int_customers') }} as customers
    inner join {{ ref('int_customer_consents') }} as consents
        on customers.customer_id = consents.customer_id
    where customers.is_known and consents.can_profile
),

candidates as (
    select
        customers.customer_id,
        customers.draw_number,
        cutoffs.as_of,
        cutoffs.purpose
    from customers
    inner join cutoffs
        on customers.first_seen_at < cutoffs.as_of
),

profiling as (
    select
        managed_from,
        unmanaged_rule = 'granted' as is_granted_unmanaged
    from {{ ref('int_consent_purposes') }}
    where purpose = 'profiling'
),

allowed as (
    select candidates.*
    from candidates
    cross join profiling
    left join {{ ref('int_consents') }} as consents
        on
            consents.purpose = 'profiling'
            and candidates.customer_id = consents.customer_id
            and candidates.as_of > consents.stated_at
            and (candidates.as_of <= consents.next_stated_at or consents.next_stated_at is null)
    where
        case
            when profiling.managed_from < candidates.as_of then coalesce(consents.is_granted, false)
            else profiling.is_granted_unmanaged
        end
)

-- Who is scored, and the history of segments, is never sampled.
select
    customer_id,
    as_of,
    purpose
from allowed
where purpose in ('score', 'month_end')
union all
-- Models learn from a sample.
select
    customer_id,
    as_of,
    purpose
from allowed
where purpose not in ('score', 'month_end')
qualify row_number() over (
    partition by purpose, as_of order by draw_number
) <= {{ var('training_customers') }}
