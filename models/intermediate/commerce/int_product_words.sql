-- Grain: one row per product before as_of, type (category, brand, tag) and value by which one may
-- say that they like it, in lower case; a category also stands for those it lies in, by their name
-- or their path.
with

products as (
    select * from {{ ref('stg_shop__products') }}
    where coalesce(created_at < {{ as_of() }}, true)
),

words as (
    {% for level in range(1, 6) -%}
    select
        product_id,
        'category' as preference_type,
        split_part(category, ' > ', {{ level }}) as preference_value
    from products
    union all
    {% endfor -%}
    {% for level in range(2, 6) -%}
    select
        product_id,
        'category' as preference_type,
        concat_ws(
            ' > ',
            {% for part in range(1, level + 1) -%}
            split_part(category, ' > ', {{ part }}){{ ',' if not loop.last }}
            {% endfor -%}
        ) as preference_value
    from products
    where split_part(category, ' > ', {{ level }}) != ''
    union all
    {% endfor -%}
    select
        product_id,
        'category' as preference_type,
        category as preference_value
    from products
    union all
    select
        product_id,
        'brand' as preference_type,
        brand as preference_value
    from products
    union all
    select
        product_id,
        'tag' as preference_type,
        {{ split_to_rows('tags', ',') }} as preference_value
    from products
    where tags is not null
)

select distinct
    product_id,
    preference_type,
    lower(trim(preference_value)) as preference_value
from words
where trim(preference_value) != ''
