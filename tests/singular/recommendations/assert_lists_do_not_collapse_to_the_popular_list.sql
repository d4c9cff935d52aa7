-- Customers who bought different things are not all shown the ten most popular products: a model
-- that has learned nothing gives everyone that list, and looks healthy row by row.
-- Judged are the first ten of for_you, of customers with purchases, where a model of their own
-- purchases chose them: in a shop of few bestsellers the end of the chain is those for everyone.
-- The lists have collapsed if 95 % of their rows are among the popular ten and a product shown to
-- one customer is shown to another with a chance of 90 % (.95 * .95: the ten left out differ), and
-- for products bought that chance is below 50 %. Not judged: below 100 customers, where chance may
-- do it, or 20 products, where lists of ten must be alike.
with

history as (
    select distinct
        customer_id,
        product_id
    from {{ ref('fct_order_lines') }}
    where customer_id is not null and product_id is not null
),

listed as (
    select
        customer_id,
        product_id
    from {{ ref('fct_recommendations') }}
    where
        list_name = 'for_you'
        and rank <= 10
        and source not in ('popular', 'trending', 'preference')
        and customer_id in (select customer_id from history)
),

list_counts as (
    select
        product_id,
        count(*) as list_count
    from listed
    group by 1
),

buyer_counts as (
    select
        product_id,
        count(*) as buyer_count
    from history
    where customer_id in (select customer_id from listed)
    group by 1
),

candidates as (
    select
        product_id,
        popularity_rank
    from {{ ref('ml_candidate_products') }}
    where purpose = 'score'
),

customers as (
    select count(distinct customer_id) as customer_count from listed
),

-- Pairs of customers that share a product, over the pairs that would if all shared all.
shown as (
    select
        sum(list_count) as row_count,
        sum(case when popularity_rank <= 10 then list_count else 0 end) as popular_count,
        sum(list_count * (list_count - 1)) as shared_count
    from list_counts
    left join candidates
        on list_counts.product_id = candidates.product_id
),

bought as (
    select
        sum(buyer_count) as row_count,
        sum(buyer_count * (buyer_count - 1)) as shared_count
    from buyer_counts
)

select
    customers.customer_count,
    shown.popular_count / shown.row_count as popularity_share,
    shown.shared_count / (shown.row_count * (customers.customer_count - 1)) as overlap,
    bought.shared_count / (bought.row_count * (customers.customer_count - 1)) as overlap_of_history
from customers
cross join shown
cross join bought
where
    customers.customer_count >= 100
    and (select count(*) from candidates) >= 20
    and shown.popular_count >= 0.95 * shown.row_count
    and shown.shared_count >= 0.9 * shown.row_count * (customers.customer_count - 1)
    and bought.shared_count < 0.5 * bought.row_count * (customers.customer_count - 1)
