-- Grain: one row per product that was there before as_of, prices in the reporting currency.
with

products as (
    select * from {{ ref('stg_shop__products') }}
    where coalesce(created_at < {{ as_of() }}, true)
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
    where valid_from < {{ as_of() }} and valid_to >= {{ as_of() }}
)

select
    products.product_id,
    products.title,
    products.description,
    products.category,
    products.brand,
    products.tags,
    products.image_url,
    products.product_url,
    products.currency,
    products.price as original_price,
    products.unit_cost as original_unit_cost,
    -- A price without a currency is taken to be in the reporting one.
    {{ converted('products.price', 'rates.rate') }} as price,
    {{ converted('products.unit_cost', 'rates.rate') }} as unit_cost,
    coalesce(products.is_available, true)
    and coalesce(products.inventory_quantity > 0, true)
    and coalesce(products.published_at < {{ as_of() }}, true) as is_sellable,
    products.created_at
from products
cross join {{ ref('int_reporting_currency') }} as reporting
left join rates
    on coalesce(products.currency, reporting.currency) = rates.currency
