-- Grain: one row per purpose, list and product that may stand in it if the rules let it, by
-- popularity among those that they do.
with

lists as (
    select 'for_you' as list_name
    union all
    select 'discover' as list_name
),

excluded as (
    select distinct
        purpose,
        list_name,
        product_key
    from {{ ref('ml_product_rules') }}
    where effect = 'exclude'
)

select
    candidates.purpose,
    lists.list_name,
    candidates.product_key,
    candidates.product_id,
    candidates.customer_count,
    candidates.popularity_rank,
    case
        when excluded.product_key is null then row_number() over (
            partition by candidates.purpose, lists.list_name, excluded.product_key is null
            order by candidates.popularity_rank
        )
    end as listable_rank
from {{ ref('ml_candidate_products') }} as candidates
cross join lists
left join excluded
    on
        candidates.purpose = excluded.purpose
        and lists.list_name = excluded.list_name
        and candidates.product_key = excluded.product_key
where candidates.purpose in ('score', 'test')
