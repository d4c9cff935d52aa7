-- Grain: one row per traffic source that events told of, with the channel it means.
with

told as (
    select distinct traffic_source from {{ ref('int_traffic_events') }}
),

sources as (
    select
        traffic_source,
        split_part(traffic_source, '|', 1) as utm_source,
        split_part(traffic_source, '|', 2) as utm_medium,
        split_part(traffic_source, '|', 3) as click_id_prefix,
        split_part(traffic_source, '|', 4) as referrer,
        split_part(traffic_source, '|', 5) as link
    from told
),

-- What the link says of itself counts before what the browser says of the page before.
sited as (
    select
        sources.*,
        coalesce(sites.kind, '') as site_kind
    from sources
    left join {{ ref('traffic_sites') }} as sites
        on coalesce(nullif(sources.utm_source, ''), sources.referrer) like sites.site
    qualify row_number() over (
        partition by sources.traffic_source order by length(sites.site) desc, sites.site
    ) = 1
)

select
    sited.traffic_source,
    case
        when sited.link = 'mail' then 'email'
        when rules.channel is not null then rules.channel
        when sited.link = 'link' then 'unassigned'
        when sited.referrer != '' then 'referral'
        else 'direct'
    end as channel
from sited
left join {{ ref('channel_groups') }} as rules
    on
        sited.utm_source like coalesce(rules.utm_source, '%')
        and sited.utm_medium like coalesce(rules.utm_medium, '%')
        and sited.click_id_prefix like coalesce(rules.click_id_prefix, '%')
        and sited.site_kind like coalesce(rules.site_kind, '%')
qualify row_number() over (
    partition by sited.traffic_source order by rules.priority
) = 1
