-- Grain: one row per unified customer and running experiment that has it, by its hash and its
-- layer, with the variant to show. personalization.experiments.assignment.variants_of is the same.
with recursive

-- Experiments of one layer share no unit while they run together; one without a layer is alone.
experiments as (
    select
        experiment_key,
        salt,
        case
            when layer is null then 'alone ' || experiment_key else 'layer ' || layer
        end as crowd,
        started_at,
        ended_at,
        is_running
    from {{ ref('int_experiments') }}
),

places as (
    select
        customers.customer_id,
        experiments.*,
        {{ experiment_bucket('experiments.salt', 'customers.customer_id') }} as bucket
    from {{ ref('int_customers') }} as customers
    cross join experiments
    where experiments.crowd in (
        select running.crowd from experiments as running
        where running.is_running
    )
),

chosen as (
    select
        places.customer_id,
        places.crowd,
        places.experiment_key,
        variants.variant_key,
        places.started_at,
        places.ended_at,
        places.is_running,
        row_number() over (
            partition by places.customer_id, places.crowd
            order by places.started_at, places.experiment_key
        ) as place
    from places
    inner join {{ ref('int_experiment_variants') }} as variants
        on
            places.experiment_key = variants.experiment_key
            and places.bucket >= variants.bucket_from
            and places.bucket < variants.bucket_until
),

-- Whoever takes a unit keeps it to its end: the next one that asks has begun by then or later.
followed as (
    select
        chosen.customer_id,
        chosen.crowd,
        chosen.experiment_key,
        chosen.variant_key,
        chosen.is_running,
        chosen.place,
        min(later.place) as next_place
    from chosen
    left join chosen as later
        on
            chosen.customer_id = later.customer_id
            and chosen.crowd = later.crowd
            and chosen.place < later.place
            and chosen.ended_at <= later.started_at
    group by 1, 2, 3, 4, 5, 6
),

taken as (
    select * from followed
    where place = 1
    union all
    select followed.*
    from taken
    inner join followed
        on
            taken.customer_id = followed.customer_id
            and taken.crowd = followed.crowd
            and taken.next_place = followed.place
)

select
    customer_id,
    experiment_key,
    variant_key
from taken
where is_running
