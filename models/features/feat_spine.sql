-- Grain: one row per customer, moment and purpose for which features may be computed: the only
-- door. Who was there at that moment, is known, and allows profiling then and now.
with

cutoffs as (
    select * from {{ ref('feat_cutoffs') }}
),

candidates as (
    select
        customers.customer_id,
        cutoffs.as_of,
        cutoffs.purpose
    from {{ ref('int_customers') }} as customers
    inner join {{ ref('int_customer_consents') }} as consents
        on customers.customer_id = consents.customer_id
    cross join cutoffs
    where
        customers.is_known
        and consents.can_profile
        and customers.first_seen_at < cutoffs.as_of
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

select
    customer_id,
    as_of,
    purpose
from allowed
-- Models learn from a sample; who is scored, and the history of segments, is never sampled.
qualify
    purpose in ('score', 'month_end')
    or row_number() over (
        partition by purpose, as_of order by md5(customer_id), customer_id
    ) <= {{ var('training_customers') }}
