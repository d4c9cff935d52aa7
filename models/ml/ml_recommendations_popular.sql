-- Grain: one row per purpose, customer, list and rank: the most popular products, for discover
-- without what the customer ever bought. At the test moment for everyone, as the baseline; for the
-- score only where the hybrid list is short, as the fallback, which obeys the rules.
{% set list_length = var('list_length') -%}
with

full_lists as (
    select
        customers.customer_id,
        ruled.list_name
    from {{ ref('ml_recommendations_ruled') }} as ruled
    inner join {{ ref('ml_customers') }} as customers
        on ruled.customer_key = customers.customer_key
    where ruled.purpose = 'score' and ruled.rank = {{ list_length }}
),

wanted as (
    select lists.*
    from {{ ref('ml_wanted_lists') }} as lists
    left join full_lists
        on
            lists.purpose = 'score'
            and lists.customer_id = full_lists.customer_id
            and lists.list_name = full_lists.list_name
    where full_lists.customer_id is null
),

-- The baseline knows no rules.
candidates as (
    select
        purpose,
        list_name,
        product_id,
        customer_count,
        case purpose when 'score' then listable_rank else popularity_rank end as popularity_rank
    from {{ ref('ml_listable_products') }}
    where purpose = 'test' or listable_rank is not null
),

-- Each barred product moves up those behind its place; the number is how many are up to there.
moves as (
    select
        wanted.*,
        candidates.popularity_rank,
        row_number() over (
            partition by wanted.purpose, wanted.customer_id, wanted.list_name
            order by candidates.popularity_rank
        ) as steps
    from wanted
    inner join {{ ref('ml_barred_products') }} as barred
        on
            wanted.purpose = barred.purpose
            and wanted.customer_id = barred.customer_id
            and wanted.list_name = barred.list_name
    inner join candidates
        on
            barred.purpose = candidates.purpose
            and barred.list_name = candidates.list_name
            and barred.product_id = candidates.product_id
    where wanted.purpose = 'score' or wanted.list_name = 'discover'
),

starts as (
    select
        purpose,
        as_of,
        customer_id,
        list_name,
        1 as place,
        0 as steps
    from wanted
    union all
    select
        purpose,
        as_of,
        customer_id,
        list_name,
        popularity_rank - steps + 1 as place,
        steps
    from moves
    where popularity_rank - steps + 1 <= {{ list_length }}
),

-- Places of a list whose products stand equally far behind in the order of all.
stretches as (
    select
        *,
        lead(place) over (
            partition by purpose, customer_id, list_name
            order by steps
        ) as next_place
    from starts
),

-- Bare numbers: with the products that stand there, each stretch would meet whole lists of them.
places as (
    select distinct popularity_rank as place from candidates
    where popularity_rank <= {{ list_length }}
)

-- Few lists differ from the first products of all: no list is sorted.
select
    stretches.purpose,
    stretches.as_of,
    stretches.customer_id,
    stretches.list_name,
    cast(places.place as integer) as rank,
    candidates.product_id,
    cast(candidates.customer_count as double) as score,
    'popular-{{ var("popularity_days") }}d' as model_version
from stretches
inner join places
    on
        stretches.place <= places.place
        and (stretches.next_place is null or stretches.next_place > places.place)
inner join candidates
    on
        stretches.purpose = candidates.purpose
        and stretches.list_name = candidates.list_name
        and places.place + stretches.steps = candidates.popularity_rank
