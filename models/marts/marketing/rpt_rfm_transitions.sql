-- Grain: one row per month that is over and pair of segments: from that at its beginning to that at
-- its end, with what those customers bought in it.
with

segments as (
    select
        features.customer_id,
        features.as_of,
        features.rfm_segment
    from {{ ref('feat_customer_rfm') }} as features
    inner join {{ ref('feat_cutoffs') }} as cutoffs
        on features.as_of = cutoffs.as_of
    where cutoffs.purpose = 'month_end'
),

-- One without a segment at either end was not there yet, or is a customer no more.
moves as (
    select
        coalesce(ends.customer_id, begins.customer_id) as customer_id,
        coalesce(begins.as_of, ends.as_of - interval '1 month') as month_start,
        begins.rfm_segment as from_segment,
        ends.rfm_segment as to_segment
    from segments as begins
    full outer join segments as ends
        on
            begins.customer_id = ends.customer_id
            and begins.as_of + interval '1 month' = ends.as_of
),

revenues as (
    select
        customer_id,
        date_trunc('month', ordered_at) as month_start,
        sum(net_revenue) as revenue
    from {{ ref('fct_orders') }}
    where customer_id is not null
    group by 1, 2
)

select
    cast(moves.month_start as date) as month_date,
    coalesce(moves.from_segment, 'none') as from_segment,
    coalesce(moves.to_segment, 'none') as to_segment,
    cast(count(*) as bigint) as customers,
    {{ as_money('coalesce(sum(revenues.revenue), 0)') }} as revenue
from moves
left join revenues
    on
        moves.customer_id = revenues.customer_id
        and moves.month_start = revenues.month_start
where moves.month_start + interval '1 month' <= {{ as_of() }}
group by 1, 2, 3
