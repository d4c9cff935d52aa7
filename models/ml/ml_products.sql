-- Grain: one row per product that is in the catalogue or was ever dealt with, with the integers
-- that stand for it, its kind and its brand in this build's models; null where it has none.
with

seen as (
    select product_id from {{ ref('int_products') }}
    union
    select product_id from {{ ref('int_interactions') }}
    union
    select product_id from {{ ref('int_bought_products') }}
),

described as (
    select
        seen.product_id,
        products.title,
        products.category,
        products.brand,
        products.price,
        products.created_at,
        coalesce(products.is_sellable, false) as is_sellable,
        count(*) over (partition by products.category, products.title) as namesake_count
    from seen
    left join {{ ref('int_products') }} as products
        on seen.product_id = products.product_id
),

-- Where several products share a title, it names their kind better than their category does.
sorted_out as (
    select
        *,
        case
            when title is not null and namesake_count >= {{ var('namesakes_from') }}
                then concat_ws(' > ', category, title)
            else category
        end as kind
    from described
)

select
    product_id,
    cast(row_number() over (order by product_id) as integer) as product_key,
    case
        when kind is not null then cast(dense_rank() over (order by kind) as integer)
    end as kind_key,
    case
        when category is not null then cast(dense_rank() over (order by category) as integer)
    end as category_key,
    case
        when brand is not null then cast(dense_rank() over (order by brand) as integer)
    end as brand_key,
    cast({{ experiment_bucket("'learned'", 'product_id') }} as integer) as draw_number,
    kind,
    price,
    created_at,
    is_sellable
from sorted_out
