{{ config(schema='pii') }}

-- Grain: one row per erasure request and identifier that stood in a row with its person's and means
-- nobody.
with

members as (
    select * from {{ ref('int_erasure_members') }}
),

-- Once everybody is erased, no record need be looked at.
any_member as (
    select distinct 1 as is_any from members
),

records as (
    select
        records.*,
        {{ row_hash([
            'records.contact_id', 'records.shop_customer_id', 'records.subscriber_id',
            'records.email', 'records.phone', 'records.region', 'records.anonymous_id',
        ]) }} as record_hash
    from {{ ref('int_identity_records') }} as records
    cross join any_member
),

carried as (
    {% for type in ['contact_id', 'shop_customer_id', 'subscriber_id', 'anonymous_id'] -%}
    select
        records.record_hash,
        '{{ type }}' as identifier_type,
        records.{{ type }} as raw_value,
        cast(null as varchar) as region,
        {{ identifier_key("'" ~ type ~ "'", 'records.' ~ type) }} as identifier_key,
        case when refused.value is not null then 'placeholder' end as refusal_reason
    from records
    left join {{ ref('int_refused_ids') }} as refused
        on
            refused.identifier_type = '{{ type }}'
            and lower(records.{{ type }}) = refused.value
    where records.{{ type }} is not null
    union all
    {% endfor -%}
    {% for type in ['email', 'phone'] -%}
    select
        records.record_hash,
        judged.identifier_type,
        judged.raw_value,
        judged.region,
        judged.identifier_key,
        judged.refusal_reason
    from records
    inner join {{ ref('int_contact_values_judged') }} as judged
        on
            judged.identifier_type = '{{ type }}'
            and records.{{ type }} = judged.raw_value
            {{ 'and records.region is not distinct from judged.region' if type == 'phone' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

seen_with as (
    select distinct
        members.request_id,
        carried.record_hash
    from carried
    inner join members
        on carried.identifier_key = members.identifier_key
)

select distinct
    seen_with.request_id,
    carried.identifier_type,
    carried.raw_value,
    carried.region,
    carried.identifier_key,
    coalesce(carried.refusal_reason, shared.reason) as reason
from carried
inner join seen_with
    on carried.record_hash = seen_with.record_hash
left join {{ ref('int_shared_identifiers') }} as shared
    on carried.identifier_key = shared.identifier_key
where coalesce(carried.refusal_reason, shared.reason) is not null
