-- Grain: one row per day with orders, web events, sends or mail events, to find the last full day.
with

events as (
    select ordered_at as happened_at from {{ ref('stg_shop__orders') }}
    union all
    select occurred_at as happened_at from {{ ref('stg_web__events') }}
    union all
    select sent_at as happened_at from {{ ref('stg_esp__sends') }}
    union all
    select occurred_at as happened_at from {{ ref('stg_esp__events') }}
)

select
    cast(happened_at as date) as event_date,
    count(*) as event_count
from events
group by 1
