{{ config(schema='pii') }}

-- Grain: one row per user agent or network address of mail events that a seed knows. A pattern is
-- tried once per spelling, not once per event; of several kinds a machine's wins.
select
    'agent' as caller_type,
    seen.user_agent as caller,
    min(agents.kind) as kind
from (select distinct user_agent from {{ ref('stg_esp__events') }}) as seen
inner join {{ ref('machine_agents') }} as agents
    on lower(seen.user_agent) like agents.pattern
group by 1, 2
union all
select
    'network' as caller_type,
    seen.ip as caller,
    min(networks.kind) as kind
from (select distinct ip from {{ ref('stg_esp__events') }}) as seen
inner join {{ ref('machine_networks') }} as networks
    on left(seen.ip, length(networks.prefix)) = networks.prefix
group by 1, 2
