-- Grain: one row per customer, moment, purpose and product bought before that moment and not
-- cancelled.
with

spine as (
    select * from {{ ref('feat_spine') }}
    where purpose in ('score', 'test')
),

interactions as (
    select
        customers.customer_id,
        interactions.*
    from {{ ref('int_interactions') }} as interactions
    inner join {{ ref('int_identifier_customers') }} as customers
        on interactions.identifier_key = customers.identifier_key
    where interactions.kind in ('purchase', 'cancelled_purchase')
),

timed as (
    select
        spine.*,
        interactions.product_id,
        interactions.kind,
        interactions.interaction_date,
        interactions.interaction_count,
        {{ dbt.datediff(
            'interactions.interaction_date', 'cast(spine.as_of as date)', 'day'
        ) }} as age_days
    from spine
    inner join interactions
        on
            spine.customer_id = interactions.customer_id
            and spine.as_of > interactions.interaction_date
),

counted as (
    select
        customer_id,
        as_of,
        purpose,
        product_id,
        sum(case kind when 'purchase' then interaction_count else 0 end) as bought_count,
        sum(
            case kind when 'cancelled_purchase' then interaction_count else 0 end
        ) as cancelled_count,
        -- Summed as decimals: a sum of doubles depends on the order of its terms.
        sum(case
            when kind = 'purchase' then cast(
                interaction_count
                * power(0.5, age_days / {{ var('purchase_half_life_days') }}.0) as decimal(18, 9)
            )
        end) as decayed_count
    from timed
    group by 1, 2, 3, 4
),

kept as (
    select
        *,
        bought_count - cancelled_count as purchase_count
    from counted
)

select
    customer_id,
    as_of,
    purpose,
    product_id,
    cast(purchase_count as integer) as purchase_count,
    cast(decayed_count as double) * cast(purchase_count as double)
    / cast(bought_count as double) as decayed_purchase_count
from kept
-- A purchase so old that nothing is left of its weight teaches nothing.
where purchase_count > 0 and decayed_count > 0
