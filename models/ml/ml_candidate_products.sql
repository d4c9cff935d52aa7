-- Grain: one row per purpose and product that may stand in a list of that purpose.
with

cutoffs as (
    select
        *,
        as_of - interval '{{ var("popularity_days") }} days' as popular_from
    from {{ ref('feat_cutoffs') }}
    where purpose in ('score', 'test')
),

popularity as (
    select
        cutoffs.purpose,
        interactions.product_id,
        count(distinct case
            when interactions.interaction_date >= cutoffs.popular_from then customers.customer_id
        end) as customer_count
    from {{ ref('int_interactions') }} as interactions
    inner join {{ ref('int_identifier_customers') }} as customers
        on interactions.identifier_key = customers.identifier_key
    inner join cutoffs
        on interactions.interaction_date < cutoffs.as_of
    where interactions.kind = 'purchase'
    group by 1, 2
),

candidates as (
    select
        'score' as purpose,
        products.product_id,
        products.created_at,
        coalesce(popularity.customer_count, 0) as customer_count
    from {{ ref('int_products') }} as products
    left join popularity
        on
            popularity.purpose = 'score'
            and products.product_id = popularity.product_id
    where products.is_sellable
    union all
    -- What is in stock today says nothing of a past moment: there, what had been bought may show.
    select
        purpose,
        product_id,
        cast(null as timestamp) as created_at,
        customer_count
    from popularity
    where purpose = 'test'
)

select
    candidates.purpose,
    candidates.product_id,
    cast(candidates.customer_count as integer) as customer_count,
    -- What nobody bought lately stands last, the newest of it first.
    row_number() over (
        partition by candidates.purpose
        order by
            candidates.customer_count desc,
            candidates.created_at desc nulls last,
            candidates.product_id asc
    ) as popularity_rank
from candidates
