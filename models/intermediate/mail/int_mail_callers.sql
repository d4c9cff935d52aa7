-- Grain: one row per event before as_of of a send before as_of, with the kind of whoever opened or
-- clicked by user agent, else by network.
with

sends as (
    select
        send_id,
        {{ identifier_key("'subscriber_id'", 'subscriber_id') }} as identifier_key,
        sent_at
    from {{ ref('stg_esp__sends') }}
    where sent_at < {{ as_of() }}
),

-- A pattern is tried once per spelling, not once per event; of several kinds a machine's wins.
agents as (
    select
        seen.user_agent,
        min(agents.kind) as kind
    from (select distinct user_agent from {{ ref('stg_esp__events') }}) as seen
    inner join {{ ref('machine_agents') }} as agents
        on lower(seen.user_agent) like agents.pattern
    group by 1
),

networks as (
    select
        seen.ip,
        min(networks.kind) as kind
    from (select distinct ip from {{ ref('stg_esp__events') }}) as seen
    inner join {{ ref('machine_networks') }} as networks
        on left(seen.ip, length(networks.prefix)) = networks.prefix
    group by 1
)

select
    events.event_id,
    events.send_id,
    sends.identifier_key,
    events.product_id,
    events.event_type,
    events.url,
    events.is_machine as is_machine_by_source,
    coalesce(agents.kind, networks.kind) as caller_kind,
    case when agents.kind is null then 'network' else 'agent' end as caller_known_by,
    sends.sent_at,
    events.occurred_at
from {{ ref('stg_esp__events') }} as events
inner join sends
    on events.send_id = sends.send_id
left join agents
    on events.user_agent = agents.user_agent
left join networks
    on events.ip = networks.ip
where events.occurred_at < {{ as_of() }}
