{% set ranks = var('list_length') if var('receipt_ranks') is none else var('receipt_ranks') -%}
-- The base is what the other terms leave of the score: were one of them wrong, it would move.
-- Single models have none.
select
    listed.list_name,
    listed.model_version,
    min(coalesce(receipts.contribution, 0)) as lowest,
    max(coalesce(receipts.contribution, 0)) as highest
from {{ ref('fct_recommendations') }} as listed
left join {{ ref('fct_recommendation_receipts') }} as receipts
    on
        listed.customer_id = receipts.customer_id
        and listed.list_name = receipts.list_name
        and listed.rank = receipts.rank
        and receipts.term = 'base'
where
    listed.source not in ('popular', 'pinned', 'new')
    and listed.rank <= {{ ranks }}
group by 1, 2
having
    max(coalesce(receipts.contribution, 0)) - min(coalesce(receipts.contribution, 0))
    > 1e-5 * greatest(1, max(abs(listed.score)))
    or (listed.model_version not like 'ranker-%' and max(abs(receipts.contribution)) > 1e-5)
