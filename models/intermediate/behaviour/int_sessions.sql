-- Grain: one row per session of a device: a visit, cut where its campaign changed.
with

visits as (
    select * from {{ ref('int_visits') }}
),

sessions as (
    select
        anonymous_id,
        started_at,
        ended_at,
        first_user_id,
        last_user_id,
        last_campaign_id as campaign_id,
        event_count,
        product_view_count
    from visits
    where coalesce(first_campaign_id = last_campaign_id and campaign_at = started_at, true)
    union all
    select
        anonymous_id,
        started_at,
        ended_at,
        first_user_id,
        last_user_id,
        campaign_id,
        event_count,
        product_view_count
    from {{ ref('int_visit_parts') }}
),

telling as (
    select * from {{ ref('int_traffic_events') }}
),

-- The first page tells where a visit came from. Later a marked link may still: a payment page, as
-- the page before, may not.
entries as (
    select
        sessions.anonymous_id,
        sessions.started_at,
        coalesce(sessions.campaign_id, '') as campaign_id,
        telling.send_id,
        telling.traffic_source
    from sessions
    inner join telling
        on
            sessions.anonymous_id = telling.anonymous_id
            and sessions.started_at <= telling.occurred_at
            and sessions.ended_at >= telling.occurred_at
            and coalesce(sessions.campaign_id = telling.campaign_id, telling.campaign_id is null)
            and (telling.is_tagged or sessions.started_at = telling.occurred_at)
    qualify row_number() over (
        partition by sessions.anonymous_id, sessions.started_at, sessions.campaign_id
        order by
            telling.occurred_at,
            case when telling.campaign_id is null then 1 else 0 end,
            case when telling.is_tagged then 0 else 1 end,
            telling.send_id,
            telling.traffic_source
    ) = 1
)

select
    -- Of the device and its first event alone, so that a session keeps its id when later events of
    -- any age arrive, and a build of everything gives the same.
    md5(concat_ws(
        '|', sessions.anonymous_id, cast(sessions.started_at as varchar), sessions.campaign_id
    )) as session_id,
    {{ identifier_key("'anonymous_id'", 'sessions.anonymous_id') }} as device_key,
    accounts.identifier_key as account_key,
    sessions.anonymous_id,
    entries.send_id,
    coalesce(sessions.campaign_id, sends.campaign_id) as campaign_id,
    coalesce(sources.channel, 'direct') as channel,
    sessions.started_at,
    sessions.ended_at,
    sessions.event_count,
    sessions.product_view_count
from sessions
left join entries
    on
        sessions.anonymous_id = entries.anonymous_id
        and sessions.started_at = entries.started_at
        and coalesce(sessions.campaign_id, '') = entries.campaign_id
left join {{ ref('int_traffic_sources') }} as sources
    on entries.traffic_source = sources.traffic_source
left join {{ ref('int_sends') }} as sends
    on entries.send_id = sends.send_id
-- Where two accounts were logged in during one session, it is the device's alone.
left join {{ ref('int_identifiers') }} as accounts
    on
        case
            when sessions.first_user_id = sessions.last_user_id
                then {{ identifier_key("'shop_customer_id'", 'sessions.last_user_id') }}
        end = accounts.identifier_key
