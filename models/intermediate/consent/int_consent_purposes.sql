-- Grain: one row per purpose of the contract, and from when on the shop manages consent for it.
with

purposes as (
    {% for purpose, default in [
        ('email_marketing', 'subscriber_status'), ('sms_marketing', 'denied'),
        ('push_marketing', 'denied'), ('advertising', 'denied'), ('profiling', 'granted'),
    ] -%}
    select
        '{{ purpose }}' as purpose,
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
    purposes.unmanaged_rule,
    first_statements.managed_from
from purposes
left join first_statements
    on purposes.purpose = first_statements.purpose
