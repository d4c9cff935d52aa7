-- Grain: one row per day and measure of which we or the source have anything. Money is summed in
-- each currency and converted once a day, so that a difference is never one of rounding.
{% set charged = 'original_net_revenue + original_refunds + original_tax + original_shipping' -%}
{% set counted = [
    ('ours', 'orders', 'orders', '1', 'true'),
    ('ours', 'order_total', 'orders', charged, 'not is_cancelled'),
    ('ours', 'gross_revenue', 'orders', 'original_gross_revenue', 'not is_cancelled'),
    ('ours', 'line_revenue', 'order_lines', 'original_gross_revenue', 'not is_cancelled'),
    ('ours', 'cancelled_revenue', 'orders', 'original_cancelled_revenue', 'is_cancelled'),
    ('ours', 'refunds', 'orders', 'original_refunds', 'not is_cancelled'),
    ('ours', 'sends', 'sends', '1', 'true'),
    ('theirs', 'orders', 'records', '1', "kind = 'order'"),
    ('theirs', 'order_total', 'records', 'total', "kind = 'order' and not is_cancelled"),
    ('theirs', 'gross_revenue', 'records', 'gross', "kind = 'order' and not is_cancelled"),
    ('theirs', 'line_revenue', 'records', 'gross', "kind = 'order' and not is_cancelled"),
    ('theirs', 'cancelled_revenue', 'records', 'net', "kind = 'order' and is_cancelled"),
    ('theirs', 'refunds', 'records', 'total', "kind = 'refund' and not is_cancelled"),
    ('theirs', 'sends', 'records', '1', "kind = 'send'"),
] -%}
with

orders as (
    select
        *,
        ordered_at as counted_at
    from {{ ref('fct_orders') }}
),

order_lines as (
    select
        orders.counted_at,
        lines.currency,
        lines.original_gross_revenue,
        lines.is_cancelled
    from {{ ref('fct_order_lines') }} as lines
    inner join orders
        on lines.order_id = orders.order_id
),

sends as (
    select sent_at as counted_at from {{ ref('fct_sends') }}
),

records as (
    select
        kind,
        ordered_at as counted_at,
        currency,
        total,
        total - tax_and_shipping as net,
        total - tax_and_shipping + discount_total as gross,
        coalesce(cancelled_at < {{ as_of() }}, false) as is_cancelled
    from {{ ref('quarantined_source_records') }}
    where ordered_at < {{ as_of() }} and happened_at < {{ as_of() }}
),

daily as (
    {% for side, measure, source, amount, condition in counted -%}
    select
        cast(counted_at as date) as date_day,
        '{{ measure }}' as measure,
        {{ 'cast(null as varchar)' if amount == '1' else 'currency' }} as currency,
        {{ 'sum(' ~ amount ~ ')' if side == 'ours' else '0' }} as ours,
        {{ 'sum(' ~ amount ~ ')' if side == 'theirs' else '0' }} as theirs
    from {{ source }}
    where {{ condition }}
    group by 1, 2, 3
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

in_currency as (
    select
        daily.date_day,
        daily.measure,
        case when daily.measure in ('orders', 'sends') then 1 else rates.rate end as rate,
        sum(daily.ours) as ours,
        sum(daily.theirs) as theirs
    from daily
    left join {{ ref('int_exchange_rates') }} as rates
        on
            daily.currency = rates.currency
            and daily.date_day >= rates.valid_from
            and daily.date_day < rates.valid_to
    group by 1, 2, 3
),

reported as (
    select
        date_day,
        measure,
        {{ as_money('sum(' ~ converted('ours', 'rate') ~ ')') }} as ours,
        {{ as_money('sum(' ~ converted('theirs', 'rate') ~ ')') }} as theirs
    from in_currency
    group by 1, 2
)

select
    *,
    {{ as_money('ours - theirs') }} as difference
from reported
where coalesce(ours, theirs) is not null
