-- Grain: one row per purpose and product bought before that moment: who bought it, of a thousand.
with

customers as (
    select
        purpose,
        count(*) as customer_count
    from {{ ref('ml_moments') }}
    group by 1
),

counted as (
    select
        purpose,
        product_key,
        count(*) as buyer_count,
        {% for days in [7, 14, 30, 90] -%}
        sum(case when last_days_ago <= {{ days }} then 1 else 0 end) as buyers_{{ days }},
        {% endfor -%}
        {% for days in [7, 30] -%}
        sum(case when first_days_ago <= {{ days }} then 1 else 0 end) as new_buyers_{{ days }},
        {% endfor -%}
        sum(
            case when last_days_ago <= {{ var('popularity_days') }} then 1 else 0 end
        ) as recent_buyers,
        sum(case when purchase_days > 1 then 1 else 0 end) as repeat_buyers,
        sum(purchase_days) as purchase_count,
        sum(cast(paid_amount as decimal(18, 4))) as paid_amount,
        sum(cast(quantity as decimal(18, 4))) as quantity,
        min(last_days_ago) as last_days_ago,
        max(first_days_ago) as first_days_ago
    from {{ ref('ml_customer_products') }}
    where purchase_days > 0
    group by 1, 2
)

select
    counted.purpose,
    counted.product_key,
    cast(counted.buyer_count as integer) as buyer_count,
    cast(counted.recent_buyers as integer) as recent_buyer_count,
    {% for count in [
        'buyer_count', 'buyers_7', 'buyers_14', 'buyers_30', 'buyers_90', 'new_buyers_7', 'new_buyers_30'
    ] -%}
    1000 * {{ ratio('counted.' ~ count, 'customers.customer_count') }}
        as {{ count | replace('buyer_count', 'buyers') }}_share,
    {% endfor -%}
    case
        when products.kind_key is not null
            then {{ ratio('counted.buyers_30', 'sum(counted.buyers_30) over (
                partition by counted.purpose, products.kind_key
            )') }}
    end as kind_share,
    (1.0 + counted.buyers_14) / (1.0 + counted.buyers_90 * 14 / 90.0) as trend,
    {{ ratio('counted.paid_amount', 'counted.quantity') }} as price_paid,
    {{ ratio('counted.repeat_buyers', 'counted.buyer_count') }} as repeat_rate,
    {{ ratio('counted.buyer_count', 'counted.purchase_count') }} as first_purchase_rate,
    cast(counted.last_days_ago as integer) as last_days_ago,
    cast(counted.first_days_ago as integer) as first_days_ago
from counted
inner join customers
    on counted.purpose = customers.purpose
inner join {{ ref('ml_products') }} as products
    on counted.product_key = products.product_key
