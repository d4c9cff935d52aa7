-- Whoever is sent something allows mail, and the e-mail platform says subscribed; of the addresses
-- of one customer exactly one is primary.
with

sent as (
    {% for model in ['sync_customer_profiles', 'sync_recommendations'] -%}
    select
        subscriber_id,
        customer_id,
        is_primary_address,
        '{{ model }}' as model
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    sent.model,
    sent.customer_id
from sent
left join {{ ref('dim_customers') }} as customers
    on sent.customer_id = customers.customer_id
left join {{ ref('stg_esp__subscribers') }} as subscribers
    on sent.subscriber_id = subscribers.subscriber_id
where not coalesce(customers.can_email and subscribers.status = 'subscribed', false)
union all
select
    model,
    customer_id
from sent
group by 1, 2
having sum(case when is_primary_address then 1 else 0 end) != 1
