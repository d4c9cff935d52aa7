-- Grain: one row per model and purpose: what it learned from, and why it stayed silent if it did.
with

purposes as (
    select
        purpose,
        as_of
    from {{ ref('feat_cutoffs') }}
    where purpose in ('score', 'test')
),

learned as (
    select
        purpose,
        count(distinct customer_id) as customer_count,
        count(distinct product_id) as product_count
    from {{ ref('ml_customer_purchases') }}
    group by 1
),

listed as (
    select
        purpose,
        count(*) as row_count
    from {{ ref('ml_recommendations_collaborative') }}
    group by 1
)

select
    'collaborative' as model_name,
    purposes.purpose,
    purposes.as_of,
    coalesce(learned.customer_count, 0) as customer_count,
    coalesce(learned.product_count, 0) as product_count,
    coalesce(listed.row_count, 0) as row_count,
    case
        when coalesce(listed.row_count, 0) > 0 then 'ran'
        when coalesce(learned.customer_count, 0) = 0
            then 'silent: nothing was bought lately enough before ' || purposes.as_of
        else 'silent: no product that was bought is in shop_products and sellable'
    end as status
from purposes
left join learned
    on purposes.purpose = learned.purpose
left join listed
    on purposes.purpose = listed.purpose
