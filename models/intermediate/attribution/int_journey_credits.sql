{% set learned = ['markov', 'shapley'] -%}
{% set weights = var('position_weights') -%}
{% set unit = 1000000000000 -%}
-- Grain: one row per order and touch, with the credit that each method gives it; those of an order
-- sum to exactly 1.
with

orders as (
    select
        order_id,
        max(case when channel != 'direct' then touch_number end) as last_told_number,
        max(touched_at) as last_touched_at
    from {{ ref('int_journeys') }}
    group by 1
),

channels as (
    select
        order_id,
        channel,
        count(*) as touch_count
    from {{ ref('int_journeys') }}
    group by 1, 2
),

-- Weights are whole numbers, so that their sums are exact. Against the last touch instead of the
-- order, time decay has the same shares and never runs out of digits.
weighed as (
    select
        {% for method in learned -%}
        cast(round(
            {{ unit }} * coalesce({{ method }}.share, 0) / channels.touch_count
        ) as bigint) as {{ method }}_weight,
        {% endfor -%}
        journeys.*,
        case when touch_number = 1 then 1 else 0 end as first_touch_weight,
        case when touch_number = journeys.touch_count then 1 else 0 end as last_touch_weight,
        case
            when touch_number = coalesce(orders.last_told_number, journeys.touch_count) then 1
            else 0
        end as last_non_direct_weight,
        1 as linear_weight,
        cast(round({{ unit }} * power(
            0.5,
            {{ days_between('touched_at', 'orders.last_touched_at') }}
            / {{ var('time_decay_half_life_days') }}
        )) as bigint) as time_decay_weight,
        cast(round({{ unit }} * case
            when journeys.touch_count = 1 then 1
            when touch_number = 1 then {{ weights[0] }}
            when touch_number = journeys.touch_count then {{ weights[2] }}
            else {{ weights[1] }} / (journeys.touch_count - 2.0)
        end) as bigint) as position_based_weight
    from {{ ref('int_journeys') }} as journeys
    inner join orders
        on journeys.order_id = orders.order_id
    inner join channels
        on journeys.order_id = channels.order_id and journeys.channel = channels.channel
    {% for method in learned -%}
    left join {{ ref('int_channel_weights') }} as {{ method }}
        on journeys.channel = {{ method }}.channel and {{ method }}.method = '{{ method }}'
    {% endfor %}
),

totals as (
    select
        {% for method in attribution_methods() -%}
        cast(nullif(sum({{ method }}_weight), 0) as double) as {{ method }}_total,
        {% endfor -%}
        order_id
    from weighed
    group by order_id
),

-- Cut off after twelve digits, never rounded up: what remains for the last touch is not below 0.
shared as (
    select
        {% for method in attribution_methods() -%}
        cast(floor({{ unit }} * coalesce(
            {{ method }}_weight / totals.{{ method }}_total, 1.0 / touch_count
        )) / {{ unit }}.0 as decimal(18, 12)) as {{ method }}_share,
        {% endfor -%}
        weighed.*
    from weighed
    inner join totals
        on weighed.order_id = totals.order_id
),

rests as (
    select
        {% for method in attribution_methods() -%}
        1 - sum({{ method }}_share) as {{ method }}_rest,
        {% endfor -%}
        order_id
    from shared
    group by order_id
)

select
    shared.order_id,
    touchpoint_id,
    channel,
    campaign_id,
    is_personalized,
    touch_number = touch_count as is_last,
    {% for method in attribution_methods() -%}
    cast(
        {{ method }}_share + case when touch_number = touch_count then {{ method }}_rest else 0 end
        as decimal(18, 12)
    ) as {{ method }},
    {% endfor -%}
    touched_at,
    ordered_at
from shared
inner join rests
    on shared.order_id = rests.order_id
