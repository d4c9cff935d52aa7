-- Grain: one row per review before as_of, by the identifier that wrote it; null where that stands
-- for no one person.
with

reviews as (
    select * from {{ ref('stg_shop__reviews') }}
    where reviewed_at < {{ as_of() }}
),

contact_values as (
    select * from {{ ref('int_contact_value_keys') }}
)

select
    reviews.review_id,
    case
        when reviews.shop_customer_id is not null
            then {{ identifier_key("'shop_customer_id'", 'reviews.shop_customer_id') }}
        else contact_values.identifier_key
    end as identifier_key,
    reviews.product_id,
    reviews.rating,
    reviews.reviewed_at
from reviews
left join contact_values
    on {{ is_holder_at("contact_values", "'email'", 'reviews.email', 'reviews.reviewed_at') }}
