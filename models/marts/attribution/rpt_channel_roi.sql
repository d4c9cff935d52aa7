-- Grain: one row per month, channel, campaign and method with spend or credited orders.
with

spends as (
    select
        cast(date_trunc('month', spend_date) as date) as month_date,
        channel,
        campaign_id,
        -- Spend without a rate is unknown, and so is the sum it belongs to.
        case when count(*) = count(rate) then sum({{ converted('spend', 'rate') }}) end as spend
    from {{ ref('int_ad_spend') }}
    group by 1, 2, 3
),

credits as (
    select
        cast(date_trunc('month', ordered_at) as date) as month_date,
        channel,
        coalesce(campaign_id, 'none') as campaign_id,
        method,
        sum(attributed_revenue) as attributed_revenue,
        sum(attributed_margin) as attributed_margin,
        sum(case when attributed_margin is null then attributed_revenue else 0 end)
            as revenue_of_unknown_margin
    from {{ ref('fct_attribution_credits') }}
    group by 1, 2, 3, 4
),

methods as (
    {% for method in attribution_methods() -%}
    select '{{ method }}' as method
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

amounts as (
    select
        month_date,
        channel,
        campaign_id,
        method,
        0 as spend,
        attributed_revenue,
        attributed_margin,
        revenue_of_unknown_margin,
        1 as is_credited
    from credits
    union all
    select
        month_date,
        channel,
        campaign_id,
        methods.method,
        spend,
        null,
        null,
        0,
        0
    from spends
    cross join methods
),

-- Credits of which no amount is known are not worth 0.
summed as (
    select
        month_date,
        channel,
        campaign_id,
        method,
        case when count(*) = count(spend) then sum(spend) end as spend,
        {% for name in ['attributed_revenue', 'attributed_margin'] -%}
        case when max(is_credited) = 0 then 0 else sum({{ name }}) end
            as {{ name }},
        {% endfor -%}
        coalesce(sum(revenue_of_unknown_margin), 0) as revenue_of_unknown_margin
    from amounts
    group by 1, 2, 3, 4
)

select
    month_date,
    channel,
    campaign_id,
    method,
    {{ as_money('spend') }} as spend,
    {{ as_money('attributed_revenue') }} as attributed_revenue,
    {{ as_money('attributed_margin') }} as attributed_margin,
    {{ as_money('revenue_of_unknown_margin') }} as revenue_of_unknown_margin,
    cast(attributed_revenue / nullif(spend, 0) as double) as roas,
    cast((attributed_margin - spend) / nullif(spend, 0) as double) as roi
from summed
