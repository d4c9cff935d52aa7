-- Grain: one row per period and scope: a month or all of an experiment's time, an arm of it.
with

increments as (
    select * from {{ ref('int_personalization_increments') }}
),

periods as (
    select * from {{ ref('int_personalization_periods') }}
),

mailed as (
    select
        periods.experiment_key,
        periods.period,
        assignments.variant_key,
        count(*) as mail_count
    from periods
    inner join {{ ref('fct_experiment_assignments') }} as assignments
        on periods.experiment_key = assignments.experiment_key
    inner join {{ ref('int_identifier_customers') }} as customers
        on assignments.customer_id = customers.customer_id
    inner join {{ ref('int_sends') }} as sends
        on
            customers.identifier_key = sends.identifier_key
            and assignments.exposed_at <= sends.sent_at
            and periods.starts_at <= sends.sent_at
            and periods.ends_at > sends.sent_at
    where sends.is_personalized
    group by 1, 2, 3
),

claimed as (
    select
        periods.experiment_key,
        periods.period,
        assignments.variant_key,
        sum(credits.attributed_revenue) as attributed_revenue
    from periods
    inner join {{ ref('fct_experiment_assignments') }} as assignments
        on periods.experiment_key = assignments.experiment_key
    inner join {{ ref('fct_attribution_credits') }} as credits
        on
            assignments.customer_id = credits.customer_id
            and assignments.exposed_at <= credits.ordered_at
            and periods.starts_at <= credits.ordered_at
            and periods.ends_at > credits.ordered_at
    where credits.is_personalized and credits.method = '{{ var("roi_attribution_method") }}'
    group by 1, 2, 3
),

compared as (
    select
        increments.*,
        arms.is_holdout,
        coalesce(mailed.mail_count, 0) as mail_count,
        {{ as_money(
            wide(var('personalization_cost_per_mail')) ~ ' * coalesce(mailed.mail_count, 0) + '
            ~ wide(var('personalization_cost_per_month')) ~ ' * periods.month_count'
        ) }} as cost,
        sums.revenue_of_known_margin / nullif(sums.revenue_sum, 0) as margin_known_rate,
        {{ as_money('coalesce(claimed.attributed_revenue, 0)') }} as attributed_revenue
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
    left join mailed
        on
            increments.experiment_key = mailed.experiment_key
            and increments.period = mailed.period
            and increments.variant_key = mailed.variant_key
    left join claimed
        on
            increments.experiment_key = claimed.experiment_key
            and increments.period = claimed.period
            and increments.variant_key = claimed.variant_key
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
