{% set explored_buckets = (var('exploration_share') * 10000) | round | int -%}
{%- set class = 'coalesce(products.category_key, -1)' if var('category_cap') else '0' -%}
-- Grain: one row per customer, list and rank of now that may go to a product from behind the list:
-- the product that the hash drew, and whether it is shown. Empty as shipped.
with

listed as (
    select
        listed.*,
        -- A product is explored in the place of one of its category, so that caps hold.
        {{ class }} as class_key
    from {{ ref('ml_recommendations_listed') }} as listed
    inner join {{ ref('ml_products') }} as products
        on listed.product_id = products.product_id
    where {{ explored_buckets }} > 0
),

places as (
    select
        customer_id,
        list_name,
        rank,
        class_key,
        row_number() over (
            partition by customer_id, list_name, class_key
            order by rank
        ) - 1 as seat,
        count(*) over (partition by customer_id, list_name, class_key) as seat_count,
        {{ experiment_bucket(
            "'exploration:' || cast(cast(" ~ as_of() ~ " as date) as varchar)",
            "customer_id || ':' || list_name || ':' || cast(rank as varchar)"
        ) }} as bucket
    from listed
    where not is_fixed
),

behind as (
    select
        told.*,
        {{ class }} as class_key,
        row_number() over (
            partition by told.customer_id, told.list_name
            order by told.rank
        ) as step
    from {{ ref('ml_recommendations_told') }} as told
    inner join {{ ref('ml_products') }} as products
        on told.product_id = products.product_id
    left join listed
        on
            told.customer_id = listed.customer_id
            and told.list_name = listed.list_name
            and told.product_id = listed.product_id
    where
        {{ explored_buckets }} > 0
        and listed.product_id is null
        -- What the chain fills in keeps to no shares of price.
        and told.chained_term is null
),

turns as (
    select
        *,
        row_number() over (
            partition by customer_id, list_name, class_key
            order by step
        ) - 1 as turn
    from behind
    where step <= {{ var('exploration_pool') }}
),

-- Dealt out in turn: no product is in the pools of two places, so lists hold none twice.
pools as (
    select
        places.rank as place,
        places.bucket,
        turns.*,
        row_number() over (
            partition by places.customer_id, places.list_name, places.rank
            order by turns.turn
        ) - 1 as pool_place,
        count(*) over (
            partition by places.customer_id, places.list_name, places.rank
        ) as pool_size
    from places
    inner join turns
        on
            places.customer_id = turns.customer_id
            and places.list_name = turns.list_name
            and places.class_key = turns.class_key
            and places.seat = turns.turn % places.seat_count
)

select
    customer_id,
    list_name,
    place as rank,
    bucket < {{ explored_buckets }} as is_explored,
    -- Of 10,000 buckets those that show the same product at this place.
    case
        when bucket < {{ explored_buckets }}
            then cast(floor(
                ({{ explored_buckets }} - pool_place + pool_size - 1) / pool_size
            ) as double) / 10000
        else cast({{ 10000 - explored_buckets }} as double) / 10000
    end as propensity,
    product_id,
    score,
    reason,
    collaborative_weight,
    model_version,
    rules
from pools
where bucket % pool_size = pool_place
