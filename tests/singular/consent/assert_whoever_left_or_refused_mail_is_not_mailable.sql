-- The gate once more, from the rows as they came: nobody is mailable whose latest word about mail
-- is not a grant where mail is managed, or who left the list since subscribing where it is not.
with

farewells as (
    select
        sends.subscriber_id,
        events.occurred_at
    from {{ ref('stg_esp__events') }} as events
    inner join {{ ref('stg_esp__sends') }} as sends
        on events.send_id = sends.send_id
    where
        events.event_type in ('unsubscribe', 'complaint')
        and events.occurred_at < {{ as_of() }}
        and sends.sent_at < {{ as_of() }}
),

said as (
    select
        coalesce(
            contact_values.identifier_key,
            {{ identifier_key('events.subject_type', 'events.subject_value') }}
        ) as identifier_key,
        events.status,
        events.occurred_at
    from {{ ref('stg_consent__events') }} as events
    left join {{ ref('int_contact_value_keys') }} as contact_values
        on
            events.subject_type = contact_values.identifier_type
            and events.subject_value = contact_values.raw_value
            and events.occurred_at >= contact_values.valid_from
            and events.occurred_at < contact_values.valid_to
    where events.purpose = 'email_marketing' and events.occurred_at < {{ as_of() }}
    union all
    select
        {{ identifier_key("'subscriber_id'", 'subscriber_id') }},
        'left',
        occurred_at
    from farewells
),

latest as (
    select
        customers.customer_id,
        said.status
    from said
    inner join {{ ref('int_identifier_customers') }} as customers
        on said.identifier_key = customers.identifier_key
    qualify rank() over (
        partition by customers.customer_id order by said.occurred_at desc
    ) = 1
),

management as (
    select count(*) > 0 as is_managed from {{ ref('stg_consent__events') }}
    where purpose = 'email_marketing' and occurred_at < {{ as_of() }}
)

select mailable.subscriber_id
from {{ ref('int_mailable') }} as mailable
cross join management
left join latest
    on mailable.customer_id = latest.customer_id
where
    mailable.is_mailable
    and management.is_managed
    and coalesce(latest.status, 'silent') != 'granted'
union all
select mailable.subscriber_id
from {{ ref('int_mailable') }} as mailable
cross join management
inner join {{ ref('stg_esp__subscribers') }} as subscribers
    on mailable.subscriber_id = subscribers.subscriber_id
left join farewells
    on
        mailable.subscriber_id = farewells.subscriber_id
        and subscribers.subscribed_at <= farewells.occurred_at
where
    mailable.is_mailable
    and not management.is_managed
    and (farewells.subscriber_id is not null or subscribers.status != 'subscribed')
