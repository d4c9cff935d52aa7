-- Grain: one row per request of a person before as_of. An executed erasure is known by the state
-- alone, for its own row named the person.
with

requests as (
    select
        request_id,
        'erasure' as kind,
        erased_until as requested_at,
        resolved_at
    from {{ ref('stg_state__erasures') }}
    where role = 'request'
    union all
    select
        request_id,
        request_type as kind,
        requested_at,
        -- From this moment on can_advertise is false; access is answered by export-person.
        case when request_type = 'do_not_sell' then requested_at end as resolved_at
    from {{ ref('stg_consent__privacy_requests') }}
    where
        request_id not in (
            select request_id from {{ ref('stg_state__erasures') }}
            where role = 'request'
        )
),

counts as (
    select
        request_id,
        row_count,
        '"' || table_name || '": ' || cast(row_count as varchar) as told
    from {{ ref('quarantined_erasures') }}
),

removed as (
    select
        request_id,
        sum(row_count) as row_count,
        {{ distinct_values('told') }} as by_table
    from counts
    group by 1
)

select
    requests.request_id,
    requests.kind,
    requests.requested_at,
    requests.resolved_at,
    cast(coalesce(removed.row_count, 0) as bigint) as rows_removed_count,
    '{' || coalesce(removed.by_table, '') || '}' as rows_removed
from requests
left join removed
    on requests.request_id = removed.request_id
where requests.requested_at < {{ as_of() }}
