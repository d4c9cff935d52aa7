-- rec_1 to rec_10 are the first ten of the list for mail, each in its place, with what dim_products
-- says: none is missing, none is added.
with

sent as (
    {% for place in range(1, 11) -%}
    select
        customer_id,
        {{ place }} as rank,
        rec_{{ place }}_product_id as product_id,
        rec_{{ place }}_title as title,
        rec_{{ place }}_price as price,
        rec_{{ place }}_image_url as image_url,
        rec_{{ place }}_url as url,
        rec_{{ place }}_reason as reason
    from {{ ref('sync_recommendations') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

expected as (
    select
        listed.customer_id,
        listed.rank,
        listed.product_id,
        listed.reason,
        products.title,
        products.price,
        products.image_url,
        products.product_url
    from {{ ref('fct_recommendations') }} as listed
    inner join {{ ref('dim_products') }} as products
        on listed.product_id = products.product_id
    where listed.is_for_mail
)

select
    sent.customer_id,
    sent.rank
from sent
left join expected
    on
        sent.customer_id = expected.customer_id
        and sent.rank = expected.rank
where
    sent.product_id is distinct from expected.product_id
    or sent.title is distinct from expected.title
    or sent.price is distinct from expected.price
    or sent.image_url is distinct from expected.image_url
    or sent.url is distinct from expected.product_url
    or sent.reason is distinct from expected.reason
