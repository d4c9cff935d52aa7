-- Grain: one row per subscriber that may be mailed, with the first ten products of the list for
-- mail: for_you, unless an experiment says discover. Where there are fewer, the last are null.
{% set places = range(1, 11) -%}
{% set decided = ['headline', 'offer_id', 'experiment_key', 'variant_key', 'is_holdout'] -%}
with

-- What identifies a run: its moment and the versions of all models that took part.
runs as (
    select
        'r' || left(
            md5(cast(max(as_of) as varchar) || '|' || {{ distinct_values('model_version') }}), 19
        ) as recommendation_run_id
    from {{ ref('fct_recommendations') }}
),

-- The text for the hash is put together once a product, not once a place.
products as (
    select
        product_id,
        title,
        price,
        image_url,
        product_url as url,
        {{ row_text(['product_id', 'title', 'price', 'image_url', 'product_url']) }} as hashed_text
    from {{ ref('dim_products') }}
),

mailable as (
    select
        subscriber_id,
        customer_id,
        is_primary_address
    from {{ ref('int_mailable') }}
    where is_mailable
),

lists as (
    select
        customer_id,
        {% for place in places -%}
        {% for field in ['product_id', 'reason'] -%}
        max(case when rank = {{ place }} then {{ field }} end) as rec_{{ place }}_{{ field }},
        {% endfor -%}
        {% endfor -%}
        {{ propensities_at(places) }} as rec_propensities,
        min(propensity) < 1 as is_explored,
        -- A list that was learned for one person is called so; others go by their first reason.
        max(case
            when rank > 1 then null
            when source not in ('popular', 'preference', 'trending', 'pinned', 'new', 'exploration')
                then 'Chosen for you'
            else reason
        end) as headline,
        max(experiment_key) as experiment_key,
        max(variant_key) as variant_key
    from {{ ref('fct_recommendations') }}
    where
        is_for_mail
        and rank <= {{ places | last }}
        and customer_id in (select mailable.customer_id from mailable)
    group by 1
),

sent as (
    select
        mailable.*,
        {% for place in places -%}
        lists.rec_{{ place }}_product_id,
        {% for field in ['title', 'price', 'image_url', 'url'] -%}
        products_{{ place }}.{{ field }} as rec_{{ place }}_{{ field }},
        {% endfor -%}
        lists.rec_{{ place }}_reason,
        coalesce(
            products_{{ place }}.hashed_text,
            {{ row_text(['lists.rec_' ~ place ~ '_product_id'] + ['null'] * 4) }}
        ) as hashed_text_{{ place }},
        {% endfor -%}
        lists.rec_propensities,
        lists.is_explored,
        lists.headline,
        offers.offer_id,
        lists.experiment_key,
        lists.variant_key,
        customers.is_holdout
    from mailable
    inner join {{ ref('dim_customers') }} as customers
        on mailable.customer_id = customers.customer_id
    left join lists
        on mailable.customer_id = lists.customer_id
    left join {{ ref('fct_offers') }} as offers
        on mailable.customer_id = offers.customer_id
    {% for place in places -%}
    left join products as products_{{ place }}
        on lists.rec_{{ place }}_product_id = products_{{ place }}.product_id
    {% endfor %}
)

select
    sent.subscriber_id,
    sent.customer_id,
    sent.is_primary_address,
    {% for place in places -%}
    {% for field in ['product_id', 'title', 'price', 'image_url', 'url', 'reason'] -%}
    sent.rec_{{ place }}_{{ field }},
    {% endfor -%}{% endfor -%}
    sent.{{ (['rec_propensities'] + decided) | join(',\n    sent.') }},
    runs.recommendation_run_id,
    md5(concat_ws(
        ',',
        {{ row_text(['subscriber_id', 'customer_id', 'is_primary_address']) }},
        {% for place in places -%}
        sent.hashed_text_{{ place }},
        {{ row_text(['sent.rec_' ~ place ~ '_reason']) }},
        {% endfor -%}
        {{ row_text(decided) }},
        case when sent.is_explored then sent.rec_propensities end
    )) as row_hash
from sent
cross join runs
