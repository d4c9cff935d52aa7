-- Whatever was said later, by whichever identifier of the customer.
select customers.customer_id
from {{ ref('stg_consent__privacy_requests') }} as requests
left join {{ ref('int_contact_value_keys') }} as contact_values
    on
        requests.subject_type = contact_values.identifier_type
        and requests.subject_value = contact_values.raw_value
        and requests.requested_at >= contact_values.valid_from
        and requests.requested_at < contact_values.valid_to
inner join {{ ref('int_identifier_customers') }} as identifiers
    on
        coalesce(
            contact_values.identifier_key,
            {{ identifier_key('requests.subject_type', 'requests.subject_value') }}
        ) = identifiers.identifier_key
inner join {{ ref('dim_customers') }} as customers
    on identifiers.customer_id = customers.customer_id
where
    requests.request_type = 'do_not_sell'
    and requests.requested_at < {{ as_of() }}
    and customers.can_advertise
