{% set gap = "interval '" ~ var('links_at_once_seconds') ~ " seconds'" -%}

-- Grain: one row per event before as_of of a send before as_of. An open or click of a machine
-- carries the rule that says so, and stays.
with

callers as (
    select * from {{ ref('int_mail_callers') }}
),

sends as (
    select
        send_id,
        {{ identifier_key("'subscriber_id'", 'subscriber_id') }} as identifier_key,
        sent_at
    from {{ ref('stg_esp__sends') }}
),

clicks as (
    select
        event_id,
        send_id,
        url,
        occurred_at
    from {{ ref('stg_esp__events') }}
    where event_type = 'click' and occurred_at < {{ as_of() }}
),

-- Nobody follows two links of a mail in the same breath.
at_once as (
    select distinct clicks.event_id
    from clicks
    inner join clicks as others
        on
            clicks.send_id = others.send_id
            and clicks.url != others.url
            and clicks.occurred_at < others.occurred_at + {{ gap }}
            and clicks.occurred_at > others.occurred_at - {{ gap }}
),

per_send as (
    select
        events.send_id,
        min(case when events.event_type = 'delivered' then events.occurred_at end) as delivered_at,
        min(case when events.event_type = 'open' then events.occurred_at end) as first_prefetch_at
    from {{ ref('stg_esp__events') }} as events
    left join callers as agents
        on agents.caller_type = 'agent' and events.user_agent = agents.caller
    left join callers as networks
        on networks.caller_type = 'network' and events.ip = networks.caller
    where
        events.event_type = 'delivered'
        or (events.event_type = 'open' and coalesce(agents.kind, networks.kind) = 'prefetch')
    group by 1
),

ruled as (
    select
        events.event_id,
        events.send_id,
        sends.identifier_key,
        events.product_id,
        events.event_type,
        case
            when events.event_type not in ('open', 'click') then null
            when events.is_machine then 'source'
            when agents.kind = 'machine' then 'agent'
            when agents.kind is null and networks.kind = 'machine' then 'network'
            -- The platform's no outweighs what is only inferred.
            when not events.is_machine then null
            when
                events.event_type = 'open'
                and coalesce(agents.kind, networks.kind) = 'prefetch'
                and events.occurred_at = per_send.first_prefetch_at
                then 'prefetch'
            when
                events.event_type = 'open'
                and {{ soon_after_arrival(var('instant_open_seconds') ~ ' seconds') }}
                then 'instant_open'
            when at_once.event_id is not null then 'links_at_once'
            -- Late, it is rather a person who refuses to be tracked.
            when
                without_visit.event_id is not null
                and {{ soon_after_arrival(var('no_visit_minutes') ~ ' minutes') }}
                then 'no_visit'
        end as machine_rule,
        sends.sent_at,
        events.occurred_at
    from {{ ref('stg_esp__events') }} as events
    inner join sends
        on events.send_id = sends.send_id
    left join callers as agents
        on agents.caller_type = 'agent' and events.user_agent = agents.caller
    left join callers as networks
        on networks.caller_type = 'network' and events.ip = networks.caller
    left join per_send
        on events.send_id = per_send.send_id
    left join at_once
        on events.event_id = at_once.event_id
    left join {{ ref('int_clicks_without_visit') }} as without_visit
        on events.event_id = without_visit.event_id
)

select
    *,
    machine_rule is not null as is_machine
from ruled
-- After the joins: DuckDB takes it to leave next to nothing, and would build on the larger sides.
where sent_at < {{ as_of() }} and occurred_at < {{ as_of() }}
