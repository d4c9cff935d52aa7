-- Grain: one row per period and scope: a month or all of an experiment's time, an arm of it.
with

increments as (
    select * from {{ ref('int_personalization_increments') }}
),

periods as (
    select * from {{ ref('int_personalization_periods') }}
),

events as (
    select
        customers.customer_id,
        sends.sent_at as happened_at,
        1 as mail_count,
        0 as attributed_revenue
    from {{ ref('int_sends') }} as sends
    inner join {{ ref('int_identifier_customers') }} as customers
        on sends.identifier_key = customers.identifier_key
    where sends.is_personalized
    union all
    select
        customer_id,
        ordered_at as happened_at,
        0 as mail_count,
        attributed_revenue
    from {{ ref('fct_attribution_credits') }}
    where is_personalized and method = '{{ var("roi_attribution_method") }}'
),

-- Before periods: by time and experiment alone each event would meet all who are in it.
of_arms as (
    select
        assignments.experiment_key,
        assignments.variant_key,
        events.happened_at,
        sum(events.mail_count) as mail_count,
        sum(events.attributed_revenue) as attributed_revenue
    from events
    inner join {{ ref('fct_experiment_assignments') }} as assignments
        on
            events.customer_id = assignments.customer_id
            and events.happened_at >= assignments.exposed_at
    group by 1, 2, 3
),

of_periods as (
    select
        periods.experiment_key,
        periods.period,
        of_arms.variant_key,
        cast(sum(of_arms.mail_count) as bigint) as mail_count,
        sum(of_arms.attributed_revenue) as attributed_revenue
    from periods
    inner join of_arms
        on
            periods.experiment_key = of_arms.experiment_key
            and periods.starts_at <= of_arms.happened_at
            and periods.ends_at > of_arms.happened_at
    group by 1, 2, 3
),

compared as (
    select
        increments.*,
        arms.is_holdout,
        coalesce(of_periods.mail_count, 0) as mail_count,
        {{ as_money(
            wide(var('personalization_cost_per_mail')) ~ ' * coalesce(of_periods.mail_count, 0) + '
            ~ wide(var('personalization_cost_per_month')) ~ ' * periods.month_count'
        ) }} as cost,
        sums.revenue_of_known_margin / nullif(sums.revenue_sum, 0) as margin_known_rate,
        {{ as_money('coalesce(of_periods.attributed_revenue, 0)') }} as attributed_revenue
    from increments
    inner join periods
        on
            increments.experiment_key = periods.experiment_key
            and increments.period = periods.period
    inner join {{ ref('int_personalization_arms') }} as arms
        on
            increments.experiment_key = arms.experiment_key
            and increments.variant_key = arms.variant_key
    inner join {{ ref('int_personalization_sums') }} as sums
        on
            increments.experiment_key = sums.experiment_key
            and increments.period = sums.period
            and increments.variant_key = sums.variant_key
    left join of_periods
        on
            increments.experiment_key = of_periods.experiment_key
            and increments.period = of_periods.period
            and increments.variant_key = of_periods.variant_key
)

select
    period,
    experiment_key || ':' || variant_key as scope,
    experiment_key,
    variant_key,
    is_holdout,
    n_treated,
    n_control,
    {% for amount in ['revenue', 'margin'] -%}
    {% for name in ['', '_ci_low', '_ci_high'] -%}
    {{ as_money('incremental_' ~ amount ~ name) }} as incremental_{{ amount }}{{ name }},
    {% endfor -%}
    {% endfor -%}
    margin_known_rate,
    mail_count,
    cost,
    case when cost > 0 then (incremental_margin - cost) / cost end as roi,
    attributed_revenue,
    -- Of what brought nothing, any claim is over-claimed by no finite factor.
    case
        when incremental_revenue > 0 then attributed_revenue / incremental_revenue
    end as overclaim_factor
from compared
