-- Grain: one row per experiment, declared variant and metric: counts, sums and sums of squares, all
-- that the statistics need of the units.
{% set metrics = {
    'conversion': ('conversion', 'conversion_before'),
    'revenue': ('revenue', 'revenue_before'),
    'revenue_winsorised': ('revenue_winsorised', 'revenue_before'),
    'visit': ('visit', 'visit_before'),
    'open': ('opened', 'opened_before'),
    'click': ('clicked', 'clicked_before'),
    'unsubscribe': ('unsubscribed', 'unsubscribed_before'),
} -%}
{% set mail_metrics = ['open', 'click', 'unsubscribe'] -%}
{% set sums = [
    'value_count', 'value_sum', 'value_squares', 'covariate_sum', 'covariate_squares',
    'product_sum',
] -%}
with

-- Over all arms, of those who bought: most units did not, and would pull the percentile to 0.
caps as (
    select
        experiment_key,
        cast(percentile_cont({{ var('winsorised_share') }}) within group (
            order by case when revenue > 0 then revenue end
        ) as decimal(18, 2)) as most
    from {{ ref('int_experiment_outcomes') }}
    group by 1
),

mailed as (
    select distinct experiment_key from {{ ref('int_experiment_mails') }}
    where is_mailed = 1
),

units as (
    select
        outcomes.*,
        least(outcomes.revenue, coalesce(caps.most, 0)) as revenue_winsorised,
        mailed.experiment_key is not null as is_mailed
    from {{ ref('int_experiment_outcomes') }} as outcomes
    left join caps
        on outcomes.experiment_key = caps.experiment_key
    left join mailed
        on outcomes.experiment_key = mailed.experiment_key
),

sums as (
    {% for metric, (value, covariate) in metrics.items() -%}
    select
        experiment_key,
        variant_key,
        '{{ metric }}' as metric,
        count(*) as unit_count,
        {{ sums_of_units(value, covariate) }}
    from units
    {% if metric in mail_metrics -%}
    where is_mailed
    {% endif -%}
    group by 1, 2
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

measured as (
    select distinct
        experiment_key,
        metric
    from sums
    union
    select
        experiment_key,
        'conversion' as metric
    from {{ ref('int_experiments') }}
),

declared as (
    select
        variants.experiment_key,
        variants.variant_key,
        measured.metric
    from {{ ref('int_experiment_variants') }} as variants
    inner join measured
        on variants.experiment_key = measured.experiment_key
)

select
    declared.experiment_key,
    declared.variant_key,
    declared.metric,
    {% for name in sums -%}
    coalesce(sums.{{ name }}, 0) as {{ name }},
    {% endfor -%}
    coalesce(sums.unit_count, 0) as unit_count
from declared
left join sums
    on
        declared.experiment_key = sums.experiment_key
        and declared.variant_key = sums.variant_key
        and declared.metric = sums.metric
