-- Grain: one row per message before as_of on another channel that reports what it sends, with the
-- identifier that it went to and the first click on it.
with

-- Channels that report what they send.
channels as (
    select
        channel,
        max(case when event_type = 'click' then 1 else 0 end) = 1 as reports_clicks
    from {{ ref('int_channel_touches') }}
    group by 1
    having max(case when event_type = 'sent' then 1 else 0 end) = 1
),

touches as (
    select
        touches.event_id,
        touches.identifier_key as owner_key,
        touches.channel,
        coalesce(touches.campaign_id, 'none') as campaign_id,
        touches.event_type,
        channels.reports_clicks,
        touches.occurred_at
    from {{ ref('int_channel_touches') }} as touches
    inner join channels
        on touches.channel = channels.channel
),

-- A click names its campaign, not its message: it is on the latest one before it.
clicks as (
    select
        sends.event_id,
        clicks.occurred_at as clicked_at
    from touches as clicks
    inner join touches as sends
        on
            clicks.owner_key = sends.owner_key
            and clicks.channel = sends.channel
            and clicks.campaign_id = sends.campaign_id
            and clicks.occurred_at >= sends.occurred_at
    where clicks.event_type = 'click' and sends.event_type = 'sent'
    qualify row_number() over (
        partition by clicks.event_id
        order by sends.occurred_at desc, sends.event_id desc
    ) = 1
),

first_clicks as (
    select
        event_id,
        min(clicked_at) as first_click_at
    from clicks
    group by 1
)

select
    touches.event_id,
    touches.owner_key,
    touches.channel,
    touches.campaign_id,
    touches.reports_clicks,
    touches.occurred_at as sent_at,
    first_clicks.first_click_at
from touches
left join first_clicks
    on touches.event_id = first_clicks.event_id
where touches.event_type = 'sent'
