-- Grain: one row per feature with a long tail and the value that one customer in a hundred of the
-- training moments exceeds: what later moments hold may not move it.
{% set limited = [
    ('feat_customer_rfm', ['monetary']),
    ('feat_customer_spending', ['average_order_value', 'average_order_quantity']),
    ('feat_customer_engagement', [
        'email_engagement', 'web_engagement', 'shop_engagement', 'session_seconds_90d',
    ]),
] -%}
with

training as (
    select distinct as_of
    from {{ ref('feat_cutoffs') }}
    where purpose like 'train_%'
)

{% for model, features in limited -%}
{% for feature in features -%}
select
    '{{ feature }}' as feature_name,
    percentile_cont({{ var('winsorised_share') }}) within group (
        order by cast(features.{{ feature }} as double)
    ) as upper_limit
from {{ ref(model) }} as features
inner join training
    on features.as_of = training.as_of
{{ 'union all' if not loop.last }}
{% endfor -%}
{{ 'union all' if not loop.last }}
{% endfor %}
