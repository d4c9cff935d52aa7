{% set at_place = "'$[' || place || ']'" -%}

-- Grain: one row per send before as_of that tells propensities, and place of its products or of
-- their propensities. Where either is missing or impossible, the whole send is not fit.
with

sends as (
    select
        send_id,
        {{ identifier_key("'subscriber_id'", 'subscriber_id') }} as identifier_key,
        recommended_product_ids,
        recommended_propensities,
        sent_at
    from {{ ref('stg_esp__sends') }}
    where
        recommended_product_ids is not null
        and recommended_propensities is not null
        and sent_at < {{ as_of() }}
),

-- Of both arrays: the places of one alone would hide what the other has more.
places as (
    select
        *,
        {{ json_places(['recommended_product_ids', 'recommended_propensities']) }} as place
    from sends
),

shown as (
    select
        send_id,
        identifier_key,
        cast(place + 1 as integer) as place,
        {{ json_text('recommended_product_ids', at_place) }} as product_id,
        {{ typed({'kind': 'price'}, json_text('recommended_propensities', at_place)) }}
            as propensity,
        sent_at
    from places
),

-- A click on a product that stands at two places belongs to neither.
counted as (
    select
        *,
        count(*) over (partition by send_id, product_id) as place_count
    from shown
)

select
    send_id,
    identifier_key,
    place,
    product_id,
    propensity,
    min(case
        when
            product_id is not null and place_count = 1
            and propensity > 0 and propensity <= 1
            then 1
        else 0
    end) over (partition by send_id) = 1 as is_fit,
    sent_at
from counted
