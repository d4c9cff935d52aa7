-- Grain: one row per subscriber that may be mailed, with the first ten products of the list
-- for_you; where there are fewer, the last places are null.
{% set places = range(1, 11) -%}
{% set product_fields = ['product_id', 'title', 'price', 'image_url', 'url', 'reason'] -%}
{% set product_columns = [] -%}
{% for place in places -%}
{% for field in product_fields -%}
{% do product_columns.append('rec_' ~ place ~ '_' ~ field) -%}
{% endfor -%}
{% endfor -%}
with

recommendations as (
    select * from {{ ref('fct_recommendations') }}
),

-- What identifies a run: its moment and the versions of all models that took part.
runs as (
    select
        'r' || left(
            md5(cast(max(as_of) as varchar) || '|' || {{ distinct_values('model_version') }}), 19
        ) as recommendation_run_id
    from recommendations
),

products as (
    select
        recommendations.customer_id,
        recommendations.rank,
        recommendations.product_id,
        products.title,
        products.price,
        products.image_url,
        products.product_url as url,
        recommendations.reason,
        -- A list that was learned for one person is called so; others go by their first reason.
        case recommendations.source
            when 'collaborative' then 'Chosen for you'
            else recommendations.reason
        end as headline
    from recommendations
    left join {{ ref('dim_products') }} as products
        on recommendations.product_id = products.product_id
    where recommendations.list_name = 'for_you' and recommendations.rank <= {{ places | last }}
),

lists as (
    select
        customer_id,
        {% for place in places -%}
        {% for field in product_fields -%}
        max(case when rank = {{ place }} then {{ field }} end) as rec_{{ place }}_{{ field }},
        {% endfor -%}
        {% endfor -%}
        max(case when rank = 1 then headline end) as headline
    from products
    group by 1
),

sent as (
    select
        mailable.subscriber_id,
        mailable.customer_id,
        mailable.is_primary_address,
        {% for column in product_columns -%}
        lists.{{ column }},
        {% endfor -%}
        lists.headline,
        -- Decided once offers and experiments are built.
        cast(null as varchar) as offer_id,
        cast(null as varchar) as experiment_key,
        cast(null as varchar) as variant_key,
        customers.is_holdout
    from {{ ref('int_mailable') }} as mailable
    inner join {{ ref('dim_customers') }} as customers
        on mailable.customer_id = customers.customer_id
    left join lists
        on mailable.customer_id = lists.customer_id
    where mailable.is_mailable
)

select
    sent.*,
    runs.recommendation_run_id,
    {{ row_hash(
        ['subscriber_id', 'customer_id', 'is_primary_address'] + product_columns
        + ['headline', 'offer_id', 'experiment_key', 'variant_key', 'is_holdout']
    ) }} as row_hash
from sent
cross join runs
