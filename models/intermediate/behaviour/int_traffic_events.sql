-- Grain: one row per web event before as_of that tells where its visit came from.
with

events as (
    select
        event_id,
        anonymous_id,
        occurred_at,
        send_id,
        utm_campaign as campaign_id,
        lower(utm_source) as utm_source,
        lower(utm_medium) as utm_medium,
        -- The first letters tell the kind; the rest differs from click to click.
        lower(left(click_id, 4)) as click_id_prefix,
        event_name = 'email_link_opened' or send_id is not null as is_mail,
        event_name = 'email_link_opened'
        or coalesce(send_id, click_id, utm_source, utm_medium, utm_campaign) is not null
            as is_tagged,
        case
            when referrer like '%://%'
                then nullif({{ url_host('referrer') }}, coalesce({{ url_host('page_url') }}, ''))
        end as referrer_host
    from {{ ref('stg_web__events') }}
    where
        occurred_at < {{ as_of() }}
        and (
            referrer is not null
            or event_name = 'email_link_opened'
            or coalesce(send_id, click_id, utm_source, utm_medium, utm_campaign) is not null
        )
)

select
    event_id,
    anonymous_id,
    occurred_at,
    send_id,
    campaign_id,
    is_tagged,
    -- One short text that the channel is looked up by.
    concat_ws(
        '|',
        coalesce(replace(utm_source, '|', ' '), ''),
        coalesce(replace(utm_medium, '|', ' '), ''),
        coalesce(replace(click_id_prefix, '|', ' '), ''),
        coalesce(replace(referrer_host, '|', ' '), ''),
        case when is_mail then 'mail' when is_tagged then 'link' else '' end
    ) as traffic_source
from events
-- A page of the shop itself as the page before tells nothing.
where is_tagged or referrer_host != ''
