-- Grain: one row per customer with an offer: of the offers in force, the one whose product stands
-- highest among what the customer's list for_you could hold. Each goes to the customers who want it
-- most, as far as its budget reaches; of equals to those with more history.
with

ruled as (
    select * from {{ ref('ml_recommendations_ruled') }}
    where purpose = 'score' and list_name = 'for_you'
),

spreads as (
    select
        customer_key,
        min(score) as lowest_score,
        max(score) as highest_score
    from ruled
    group by 1
),

offered as (
    select distinct
        offers.offer_id,
        words.product_id,
        cast({{ rule_number('offers.budget') }} as integer) as budget
    from {{ ref('offers') }} as offers
    inner join {{ ref('ml_product_words') }} as words
        on
            offers.field = words.field
            and case offers.field when 'product_id' then offers.value else lower(offers.value) end
            = words.value
    where {{ in_force('offers', as_of()) }}
),

matched as (
    select
        customers.customer_id,
        offered.offer_id,
        offered.budget,
        products.product_id,
        ruled.rank,
        ruled.collaborative_weight,
        coalesce(
            (ruled.score - spreads.lowest_score)
            / nullif(spreads.highest_score - spreads.lowest_score, 0),
            1
        ) as score
    from offered
    inner join {{ ref('ml_products') }} as products
        on offered.product_id = products.product_id
    inner join ruled
        on
            products.product_key = ruled.product_key
            and ruled.rank <= {{ var('list_length') }}
    inner join spreads
        on ruled.customer_key = spreads.customer_key
    inner join {{ ref('ml_customers') }} as customers
        on ruled.customer_key = customers.customer_key
),

-- One offer a customer.
best as (
    select *
    from matched
    qualify row_number() over (
        partition by customer_id
        order by score desc, rank asc, offer_id asc
    ) = 1
)

select
    customer_id,
    offer_id,
    product_id,
    score,
    {{ as_of() }} as as_of
from best
qualify budget is null or row_number() over (
    partition by offer_id
    order by score desc, collaborative_weight desc, customer_id asc
) <= budget
