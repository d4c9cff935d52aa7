-- Sends, deliveries, human opens and farewells of mails in rpt_kpis_daily are those of fct_sends
-- and of another tool's mails, orders and revenue of all channels those of fct_send_orders, none
-- lost and none counted twice.
with

reported as (
    select
        sum(case when channel = 'email' then sends end) as sends,
        sum(case when channel = 'email' then deliveries end) as deliveries,
        sum(human_opens) as human_opens,
        sum(unsubscribes) as unsubscribes,
        sum(conversions) as conversions,
        sum(revenue) as revenue
    from {{ ref('rpt_kpis_daily') }}
),

sent as (
    select
        count(*) as sends,
        sum(case when is_delivered then 1 else 0 end) as deliveries,
        count(first_human_open_at) as human_opens,
        sum(case when is_unsubscribed then 1 else 0 end) as unsubscribes
    from {{ ref('fct_sends') }}
),

others as (
    select count(*) as sends from {{ ref('int_channel_sends') }}
    where channel = 'email'
),

ordered as (
    select
        count(*) as conversions,
        sum(net_revenue) as revenue
    from {{ ref('fct_send_orders') }}
)

select
    reported.sends,
    sent.sends + others.sends as sends_made
from reported
cross join sent
cross join others
cross join ordered
where
    coalesce(reported.sends, 0) != sent.sends + others.sends
    or coalesce(reported.deliveries, 0) != coalesce(sent.deliveries, 0) + others.sends
    or coalesce(reported.human_opens, 0) != sent.human_opens
    or coalesce(reported.unsubscribes, 0) != coalesce(sent.unsubscribes, 0)
    or coalesce(reported.conversions, 0) != ordered.conversions
    or coalesce(reported.revenue, 0) != coalesce(ordered.revenue, 0)
