-- Sessions hold every event before as_of, each once.
with

counts as (
    select
        (
            select count(*) from {{ ref('stg_web__events') }}
            where occurred_at < {{ as_of() }}
        ) as event_count,
        (select coalesce(sum(event_count), 0) from {{ ref('fct_sessions') }}) as counted
)

select * from counts
where event_count != counted
