-- Grain: one row per moment and purpose at which features are computed; labels follow for
-- horizon_days.
{% set spacing = var('label_days') -%}
with

moments as (
    select
        as_of,
        cast(as_of as date) as as_of_date
    from {{ ref('int_as_of') }}
),

-- Floored to a multiple of retrain_days, so that past cut-offs stand still in between.
anchors as (
    select
        as_of,
        cast(as_of_date as timestamp) - interval '1 day' * mod(
            {{ dbt.datediff("cast('1970-01-01' as date)", 'as_of_date', 'day') }},
            {{ var('retrain_days') }}
        ) as anchor
    from moments
),

first_orders as (
    select min(ordered_at) as first_ordered_at
    from {{ ref('int_orders') }}
),

month_ends as (
    select {{ month_starts('orders.first_ordered_at', 'moments.as_of') }} as as_of
    from moments
    cross join first_orders as orders
)

select
    'score' as purpose,
    as_of,
    {{ spacing }} as horizon_days
from anchors
union all
select
    'test' as purpose,
    anchor - interval '{{ spacing }} days' as as_of,
    {{ spacing }} as horizon_days
from anchors
union all
select
    'validation' as purpose,
    anchor - interval '{{ 2 * spacing }} days' as as_of,
    {{ spacing }} as horizon_days
from anchors
union all
{% for number in range(1, var('train_cutoffs') + 1) -%}
select
    'train_{{ number }}' as purpose,
    anchor - interval '{{ (number + 2) * spacing }} days' as as_of,
    {{ spacing }} as horizon_days
from anchors
union all
{% endfor -%}
-- The instant a month is over; for RFM alone, so no label follows.
select
    'month_end' as purpose,
    as_of,
    0 as horizon_days
from month_ends
