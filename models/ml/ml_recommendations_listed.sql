{{ config(materialized = 'view') }}
-- Grain: one row per known customer, list and rank: the filled lists, with whatever has a fixed
-- place at it.
with

filled as (
    select * from {{ ref('ml_recommendations_filled') }}
),

placed as (
    select * from {{ ref('ml_recommendations_placed') }}
    where purpose = 'score'
),

listed as (
    select
        filled.*,
        false as is_fixed
    from filled
    left join placed
        on
            placed.rank = 1
            and filled.customer_id = placed.customer_id
            and filled.list_name = placed.list_name
    where placed.customer_id is null
    union all
    select
        placed.customer_id,
        placed.list_name,
        placed.rank,
        placed.product_id,
        filled.score,
        -- What the list held anyway keeps its own reason.
        coalesce(
            filled.source, case placed.rule_id when 'new_item_share' then 'new' else 'pinned' end
        ) as source,
        coalesce(filled.reason, case placed.rule_id
            when 'new_item_share' then 'New in our range'
            else 'Picked for our customers'
        end) as reason,
        coalesce(filled.collaborative_weight, 0) as collaborative_weight,
        coalesce(filled.model_version, 'rules') as model_version,
        -- Without a separator where there is but one.
        nullif(concat_ws(',', filled.rules, placed.rule_id), '') as rules,
        placed.rule_id is not null as is_fixed
    from placed
    left join filled
        on
            placed.customer_id = filled.customer_id
            and placed.list_name = filled.list_name
            and placed.product_id = filled.product_id
)

select
    customer_id,
    list_name,
    rank,
    product_id,
    score,
    source,
    reason,
    collaborative_weight,
    model_version,
    rules,
    is_fixed
from listed
