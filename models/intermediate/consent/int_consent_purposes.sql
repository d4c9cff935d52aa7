-- Grain: one row per purpose of the contract, and from when on the shop manages consent for it.
with

purposes as (
    {% for purpose, channel, default in [
        ('email_marketing', 'email', 'subscriber_status'), ('sms_marketing', 'sms', 'denied'),
        ('push_marketing', 'push', 'denied'), ('advertising', 'ads', 'denied'),
        ('profiling', 'all', 'granted'),
    ] -%}
    select
        '{{ purpose }}' as purpose,
        '{{ channel }}' as channel,
        '{{ var("consent_unmanaged").get(purpose, default) }}' as unmanaged_rule
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

first_statements as (
    select
        purpose,
        min(occurred_at) as managed_from
    from {{ ref('stg_consent__events') }}
    where occurred_at < {{ as_of() }}
    group by 1
)

select
    purposes.purpose,
    purposes.channel,
    purposes.unmanaged_rule,
    first_statements.managed_from
from purposes
left join first_statements
    on purposes.purpose = first_statements.purpose
