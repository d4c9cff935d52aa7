-- Each subscriber from before as_of stands in sync_suppressions, with a reason and its moment, or
-- in both other tables: never in neither, never in a mix. Nobody else stands anywhere.
with

subscribers as (
    select
        subscriber_id,
        subscribed_at < {{ as_of() }} as is_there
    from {{ ref('stg_esp__subscribers') }}
),

places as (
    {% for model in ['sync_customer_profiles', 'sync_recommendations'] -%}
    select
        subscriber_id,
        1 as sent_count,
        0 as suppressed_count
    from {{ ref(model) }}
    union all
    {% endfor -%}
    select
        subscriber_id,
        0 as sent_count,
        1 as suppressed_count
    from {{ ref('sync_suppressions') }}
    where reason is not null and since < {{ as_of() }}
),

counts as (
    select
        subscriber_id,
        sum(sent_count) as sent_count,
        sum(suppressed_count) as suppressed_count
    from places
    group by 1
)

select
    coalesce(subscribers.subscriber_id, counts.subscriber_id) as subscriber_id,
    counts.sent_count,
    counts.suppressed_count
from subscribers
full outer join counts
    on subscribers.subscriber_id = counts.subscriber_id
where
    -- Sent twice and not suppressed, or suppressed once and not sent.
    coalesce(counts.sent_count, 0) + 2 * coalesce(counts.suppressed_count, 0)
    != case when subscribers.is_there then 2 else 0 end
