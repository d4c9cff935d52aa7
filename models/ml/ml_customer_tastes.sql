-- Grain: one row per purpose, customer, dimension (kind, category, brand) and value of what was
-- bought before that moment.
with

bought as (
    select
        pairs.*,
        products.kind_key,
        products.category_key,
        products.brand_key
    from {{ ref('ml_customer_products') }} as pairs
    inner join {{ ref('ml_products') }} as products
        on pairs.product_key = products.product_key
    where pairs.purchase_days > 0
),

tastes as (
    {% for dimension in ['kind', 'category', 'brand'] -%}
    select
        purpose,
        customer_key,
        '{{ dimension }}' as dimension,
        {{ dimension }}_key as value_key,
        count(*) as product_count,
        sum(case when first_days_ago <= 90 then 1 else 0 end) as new_product_count,
        sum(purchase_days) as purchase_count,
        min(last_days_ago) as last_days_ago,
        max(first_days_ago) as first_days_ago,
        sum(cast(taste_120 as decimal(18, 6))) as taste
    from bought
    where {{ dimension }}_key is not null
    group by 1, 2, 4
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

totals as (
    select
        purpose,
        customer_key,
        dimension,
        sum(taste) as taste
    from tastes
    group by 1, 2, 3
)

select
    tastes.purpose,
    tastes.customer_key,
    tastes.dimension,
    tastes.value_key,
    cast(tastes.product_count as integer) as product_count,
    cast(tastes.new_product_count as integer) as new_product_count,
    cast(tastes.last_days_ago as integer) as last_days_ago,
    {{ due_ratio('tastes.purchase_count', 'tastes.last_days_ago', 'tastes.first_days_ago') }}
        as due_ratio,
    {{ ratio('tastes.taste', 'totals.taste') }} as taste_share
from tastes
inner join totals
    on
        tastes.purpose = totals.purpose
        and tastes.customer_key = totals.customer_key
        and tastes.dimension = totals.dimension
