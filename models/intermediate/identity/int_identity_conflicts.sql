{{ config(schema='pii') }}

-- Grain: one row per identifier and reason why it links nobody, or not everybody it was seen with;
-- addresses and numbers by their keyed hash.
with

judged as (
    select distinct
        identifier_type,
        identifier_key,
        reported_value,
        refusal_reason
    from {{ ref('int_contact_values_judged') }}
),

refused as (
    select
        identifier_key,
        reason
    from {{ ref('int_shared_identifiers') }}
    union all
    select
        identifier_key,
        reason
    from {{ ref('int_mailbox_verdicts') }}
    where reason = 'recycled_mailbox'
    union all
    select
        device_key,
        'shared_device'
    from {{ ref('int_device_users') }}
    where component_count > 1
)

select
    judged.identifier_type,
    judged.identifier_key,
    judged.reported_value as identifier_value,
    coalesce(judged.refusal_reason, refused.reason) as reason
from judged
left join refused
    on judged.identifier_key = refused.identifier_key
where judged.refusal_reason is not null or refused.reason is not null
group by 1, 2, 3, 4
union all
select
    ids.identifier_type,
    ids.identifier_key,
    ids.identifier_value,
    coalesce(refused.reason, 'placeholder')
from {{ ref('int_record_ids') }} as ids
left join refused
    on ids.identifier_key = refused.identifier_key
left join {{ ref('int_refused_ids') }} as refused_ids
    on
        ids.identifier_type = refused_ids.identifier_type
        and lower(ids.identifier_value) = refused_ids.value
where refused.reason is not null or refused_ids.value is not null
