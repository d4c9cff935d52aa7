{% set age_days = dbt.datediff('days.order_date', 'moments.as_of_date', 'day') -%}
-- Grain: one row per purpose and customer who had bought or looked at something by then.
with

moments as (
    select * from {{ ref('ml_moments') }}
),

order_days as (
    select distinct
        customer_key,
        interaction_date as order_date
    from {{ ref('ml_interactions') }}
    where purchase_count > cancelled_count
),

ordered as (
    select
        moments.purpose,
        moments.customer_key,
        count(*) as order_days,
        sum(case when {{ age_days }} <= 30 then 1 else 0 end) as order_days_30,
        sum(case when {{ age_days }} <= 90 then 1 else 0 end) as order_days_90,
        min({{ age_days }}) as last_order_days_ago,
        max({{ age_days }}) as first_order_days_ago
    from moments
    inner join order_days as days
        on
            moments.customer_key = days.customer_key
            and moments.as_of > days.order_date
    group by 1, 2
),

known as (
    select
        purpose,
        customer_key,
        count(*) as taste_count
    from {{ ref('ml_customer_products') }}
    where taste_120 > 0
    group by 1, 2
),

bought as (
    select
        purpose,
        customer_key,
        count(*) as product_count,
        sum(purchase_days) as purchase_count,
        sum(cast(paid_amount as decimal(18, 4))) as paid_amount,
        sum(cast(quantity as decimal(18, 4))) as quantity,
        sum(case when first_days_ago <= 60 then 1 else 0 end) as new_product_count,
        sum(cast(taste_60 as decimal(18, 6))) as taste_60
    from {{ ref('ml_customer_products') }}
    where purchase_days > 0
    group by 1, 2
)

select
    known.purpose,
    known.customer_key,
    cast(known.taste_count as integer) as taste_count,
    cast(ordered.order_days as integer) as order_days,
    cast(ordered.order_days_30 as integer) as order_days_30,
    cast(ordered.order_days_90 as integer) as order_days_90,
    cast(ordered.last_order_days_ago as integer) as last_order_days_ago,
    cast(ordered.first_order_days_ago as integer) as first_order_days_ago,
    cast(bought.product_count as integer) as product_count,
    cast(bought.purchase_count as integer) as purchase_count,
    cast(bought.new_product_count as integer) as new_product_count,
    cast(bought.taste_60 as double) as taste_60,
    {{ ratio('bought.paid_amount', 'bought.quantity') }} as price_paid
from known
left join ordered
    on
        known.purpose = ordered.purpose
        and known.customer_key = ordered.customer_key
left join bought
    on
        known.purpose = bought.purpose
        and known.customer_key = bought.customer_key
