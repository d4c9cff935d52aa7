-- Every row of the lists has terms, and they sum to its score; no score, no sum.
{% set ranks = var('list_length') if var('receipt_ranks') is none else var('receipt_ranks') -%}
with

listed as (
    select * from {{ ref('fct_recommendations') }}
    where rank <= {{ ranks }}
),

summed as (
    select
        customer_id,
        list_name,
        rank,
        count(*) as term_count,
        sum(contribution) as score
    from {{ ref('fct_recommendation_receipts') }}
    group by 1, 2, 3
)

select
    coalesce(listed.customer_id, summed.customer_id) as customer_id,
    coalesce(listed.list_name, summed.list_name) as list_name,
    coalesce(listed.rank, summed.rank) as rank,
    listed.score,
    summed.score as summed_score
from listed
full outer join summed
    on
        listed.customer_id = summed.customer_id
        and listed.list_name = summed.list_name
        and listed.rank = summed.rank
where
    listed.customer_id is null
    or summed.term_count is null
    or (listed.score is null) != (summed.score is null)
    or abs(listed.score - summed.score) > 1e-9 * greatest(1, abs(listed.score))
