-- Grain: one row per policy and place of a send since the test moment that the policy fills: what
-- was sent, and what the policy's list for_you of that moment shows there. Lists of all customers,
-- not of those alone who went on to buy.
with

impressions as (
    select impressions.*
    from {{ ref('int_recommendation_impressions') }} as impressions
    inner join {{ ref('feat_cutoffs') }} as cutoffs
        on
            cutoffs.purpose = 'test'
            and impressions.sent_at >= cutoffs.as_of
),

lists as (
    select
        'hybrid_ruled' as policy,
        customers.customer_id,
        ruled.rank,
        products.product_id
    from {{ ref('ml_test_lists_ruled') }} as ruled
    inner join {{ ref('ml_customers') }} as customers
        on ruled.customer_key = customers.customer_key
    inner join {{ ref('ml_products') }} as products
        on ruled.product_key = products.product_key
    where ruled.list_name = 'for_you' and ruled.rank <= {{ var('list_length') }}
    union all
    select
        'popular' as policy,
        customer_id,
        rank,
        product_id
    from {{ ref('ml_recommendations_popular') }}
    where purpose = 'test' and list_name = 'for_you'
),

filled as (
    select
        'logged' as policy,
        impressions.*,
        impressions.product_id as policy_product_id
    from impressions
    union all
    select
        lists.policy,
        impressions.*,
        lists.product_id as policy_product_id
    from impressions
    inner join lists
        on
            impressions.customer_id = lists.customer_id
            and impressions.place = lists.rank
)

select
    policy,
    send_id,
    place,
    customer_id,
    {{ experiment_bucket("'off_policy'", 'customer_id') }} as bucket,
    product_id,
    policy_product_id,
    propensity,
    is_clicked,
    is_bought
from filled
