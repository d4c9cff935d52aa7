-- Consent of the customer who changed its mind most often, interval by interval.
with

consents as (
    select * from {{ ref('int_consents') }}
),

example as (
    select customer_id
    from consents
    group by 1
    order by count(*) desc, customer_id asc
    limit 1
)

select
    consents.customer_id,
    consents.purpose,
    consents.channel,
    consents.is_granted,
    consents.is_expiry,
    consents.is_final,
    consents.stated_at as holds_after,
    consents.next_stated_at as holds_until
from consents
inner join example
    on consents.customer_id = example.customer_id
order by consents.purpose asc, consents.stated_at asc
