-- Grain: one row per experiment about personalization, period and arm: what its customers spent.
{% set sums = [
    'revenue_sum', 'revenue_squares', 'margin_sum', 'margin_squares', 'revenue_of_known_margin',
] -%}
with

periods as (
    select * from {{ ref('int_personalization_periods') }}
),

units as (
    select
        assignments.experiment_key,
        assignments.variant_key,
        assignments.customer_id,
        assignments.exposed_at
    from {{ ref('int_experiment_assignments') }} as assignments
    inner join {{ ref('int_personalization_arms') }} as arms
        on
            assignments.experiment_key = arms.experiment_key
            and assignments.variant_key = arms.variant_key
),

counted as (
    select
        periods.experiment_key,
        periods.period,
        units.variant_key,
        count(*) as unit_count
    from periods
    inner join units
        on
            periods.experiment_key = units.experiment_key
            and periods.ends_at > units.exposed_at
    group by 1, 2, 3
),

spent as (
    select
        periods.experiment_key,
        periods.period,
        units.variant_key,
        units.customer_id,
        {{ sum_in_cents('amounts.net_amount - amounts.refund_amount', 'amounts.rate') }}
            as revenue,
        {{ sum_in_cents(
            'amounts.net_amount - amounts.refund_amount - amounts.cost_amount', 'amounts.rate'
        ) }} as margin,
        {{ sum_in_cents(
            'case when amounts.cost_amount is not null '
            ~ 'then amounts.net_amount - amounts.refund_amount end', 'amounts.rate'
        ) }} as revenue_of_known_margin
    from periods
    inner join units
        on periods.experiment_key = units.experiment_key
    inner join {{ ref('int_identifier_customers') }} as customers
        on units.customer_id = customers.customer_id
    inner join {{ ref('int_order_amounts') }} as amounts
        on
            customers.identifier_key = amounts.owner_key
            and units.exposed_at <= amounts.ordered_at
            and periods.starts_at <= amounts.ordered_at
            and periods.ends_at > amounts.ordered_at
    where not amounts.is_cancelled
    group by 1, 2, 3, 4
),

-- Who bought nothing adds nothing to a sum.
sums as (
    select
        experiment_key,
        period,
        variant_key,
        sum(revenue) as revenue_sum,
        sum(revenue * revenue) as revenue_squares,
        sum(margin) as margin_sum,
        sum(margin * margin) as margin_squares,
        sum(revenue_of_known_margin) as revenue_of_known_margin
    from spent
    group by 1, 2, 3
)

select
    counted.experiment_key,
    counted.period,
    counted.variant_key,
    {% for name in sums -%}
    cast(coalesce(sums.{{ name }}, 0) as double) as {{ name }},
    {% endfor -%}
    counted.unit_count
from counted
left join sums
    on
        counted.experiment_key = sums.experiment_key
        and counted.period = sums.period
        and counted.variant_key = sums.variant_key
