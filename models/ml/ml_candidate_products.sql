-- Grain: one row per purpose and product that may stand in a list of that purpose.
with

activity as (
    select * from {{ ref('ml_product_activity') }}
),

candidates as (
    select
        'score' as purpose,
        products.product_key,
        products.product_id,
        products.created_at,
        coalesce(activity.recent_buyer_count, 0) as customer_count,
        coalesce(activity.price_paid, cast(products.price as double)) as price
    from {{ ref('ml_products') }} as products
    left join activity
        on
            activity.purpose = 'score'
            and products.product_key = activity.product_key
    where products.is_sellable
    union all
    -- What is in stock today says nothing of a past moment: there, what had been bought may show.
    select
        activity.purpose,
        activity.product_key,
        products.product_id,
        cast(null as timestamp) as created_at,
        activity.recent_buyer_count as customer_count,
        activity.price_paid as price
    from activity
    inner join {{ ref('ml_products') }} as products
        on activity.product_key = products.product_key
    where activity.purpose != 'score'
)

select
    purpose,
    product_key,
    product_id,
    cast(customer_count as integer) as customer_count,
    price,
    created_at,
    -- What nobody bought lately stands last, the newest of it first.
    row_number() over (
        partition by purpose
        order by
            customer_count desc,
            created_at desc nulls last,
            product_id asc
    ) as popularity_rank
from candidates
