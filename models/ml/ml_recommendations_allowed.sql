-- Grain: one row per purpose, customer, list and rank that the collaborative model gives and that
-- may be shown: discover never holds what had been ordered, free or cancelled goods included.
with

-- Distinct as they are: said so, the engine expects few, and holds these in memory, not the lists.
refused as (
    select distinct
        collaborative.purpose,
        collaborative.customer_id,
        collaborative.rank
    from {{ ref('ml_recommendations_collaborative') }} as collaborative
    inner join {{ ref('int_bought_products') }} as bought
        on
            collaborative.customer_id = bought.customer_id
            and collaborative.product_id = bought.product_id
            and collaborative.as_of > bought.first_ordered_at
    where collaborative.list_name = 'discover'
),

-- What follows moves up. The model itself leaves out nearly all of them, so few lists are sorted.
moves as (
    select
        *,
        row_number() over (partition by purpose, customer_id order by rank) as steps,
        lead(rank) over (partition by purpose, customer_id order by rank) as next_rank
    from refused
)

select
    collaborative.purpose,
    collaborative.as_of,
    collaborative.customer_id,
    collaborative.list_name,
    cast(collaborative.rank - coalesce(moves.steps, 0) as integer) as rank,
    collaborative.product_id,
    collaborative.score,
    collaborative.model_version
from {{ ref('ml_recommendations_collaborative') }} as collaborative
left join moves
    on
        collaborative.list_name = 'discover'
        and collaborative.purpose = moves.purpose
        and collaborative.customer_id = moves.customer_id
        and collaborative.rank >= moves.rank
        and (moves.next_rank is null or collaborative.rank < moves.next_rank)
where moves.rank is null or collaborative.rank > moves.rank
