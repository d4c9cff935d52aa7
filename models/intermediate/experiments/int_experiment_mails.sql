-- Grain: one row per experiment and exposed customer that was mailed: what was done with mails of
-- the experiment from exposure to the end, and with any mail in the days before.
{% set before = "interval '" ~ var('experiment_covariate_days') ~ " days'" -%}
with

units as (
    select
        assignments.experiment_key,
        assignments.customer_id,
        assignments.exposed_at,
        experiments.counted_until,
        customers.identifier_key
    from {{ ref('int_experiment_assignments') }} as assignments
    inner join {{ ref('int_experiments') }} as experiments
        on assignments.experiment_key = experiments.experiment_key
    inner join {{ ref('int_identifier_customers') }} as customers
        on assignments.customer_id = customers.customer_id
),

sends as (
    select
        identifier_key,
        experiment_key,
        sent_at,
        first_human_open_at as opened_at,
        first_human_click_at as clicked_at,
        unsubscribed_at
    from {{ ref('int_sends') }}
),

-- Apart: few mails carry an experiment, and few of the others are opened by a person.
mails as (
    select
        units.*,
        true as is_of_experiment,
        sends.opened_at,
        sends.clicked_at,
        sends.unsubscribed_at
    from units
    inner join sends
        on
            units.identifier_key = sends.identifier_key
            and units.experiment_key = sends.experiment_key
            and units.exposed_at - {{ before }} <= sends.sent_at
            and units.counted_until > sends.sent_at
    union all
    select
        units.*,
        false as is_of_experiment,
        sends.opened_at,
        sends.clicked_at,
        null as unsubscribed_at
    from units
    inner join sends
        on
            units.identifier_key = sends.identifier_key
            and units.exposed_at - {{ before }} <= sends.sent_at
            and units.exposed_at > sends.sent_at
    where coalesce(sends.opened_at, sends.clicked_at) is not null
)

select
    experiment_key,
    customer_id,
    {% for name in ['opened', 'clicked', 'unsubscribed'] -%}
    {{ as_share(
        'is_of_experiment and ' ~ name ~ '_at >= exposed_at and ' ~ name ~ '_at < counted_until'
    ) }} as {{ name }},
    {{ as_share(name ~ '_at < exposed_at') }} as {{ name }}_before,
    {% endfor -%}
    {{ as_share('is_of_experiment') }} as is_mailed
from mails
group by 1, 2
