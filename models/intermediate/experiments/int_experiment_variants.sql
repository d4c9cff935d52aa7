-- Grain: one row per experiment and variant, with the buckets of the hash that are its own.
with

items as (
    select
        experiments.experiment_key,
        experiments.variants,
        {{ json_places(['experiments.variants']) }} as place
    from {{ ref('stg_experiments__experiments') }} as experiments
    inner join {{ ref('int_experiments') }} as begun
        on experiments.experiment_key = begun.experiment_key
),

variants as (
    select
        experiment_key,
        place,
        {% for name, path in [
            ('variant_key', '.key'), ('weight', '.weight'), ('is_control', '.is_control'),
            ('factors', '.factors'),
        ] -%}
        {{ json_text('variants', "'$[' || place || ']" ~ path ~ "'") }} as {{ name }},
        {% endfor -%}
        experiment_key || ' ' || place as item_id
    from items
),

-- A key that stands twice is the first one's.
declared as (
    select
        experiment_key,
        {{ trimmed('variant_key') }} as variant_key,
        min(place) as place
    from variants
    where {{ trimmed('variant_key') }} is not null
    group by 1, 2
),

weighed as (
    select
        declared.experiment_key,
        declared.variant_key,
        declared.place,
        lower(variants.is_control) in ('true', '1') as is_control,
        variants.factors,
        {{ weight_of('variants.weight') }} as weight
    from declared
    inner join variants
        on
            declared.experiment_key = variants.experiment_key
            and declared.place = variants.place
),

-- Unless all weights can be read, all arms are equal.
in_millionths as (
    select
        *,
        case
            when
                count(weight) over (partition by experiment_key)
                = count(*) over (partition by experiment_key)
                and sum(weight) over (partition by experiment_key) > 0
                then weight
            else 1000000
        end as weight_millionths
    from weighed
),

summed as (
    select
        *,
        cast(sum(weight_millionths) over (
            partition by experiment_key order by place
        ) as bigint) as weight_until,
        -- Weights that add up to less than 1 leave the rest of the units outside.
        cast(greatest(
            sum(weight_millionths) over (partition by experiment_key), 1000000
        ) as bigint) as weight_total
    from in_millionths
)

select
    experiment_key,
    variant_key,
    cast(row_number() over (partition by experiment_key order by place) as integer) as place,
    weight_millionths / 1000000.0 as weight,
    row_number() over (
        partition by experiment_key order by coalesce(is_control, false) desc, place asc
    ) = 1 as is_control,
    factors,
    {{ bucket_at('(weight_until - weight_millionths)', 'weight_total') }} as bucket_from,
    {{ bucket_at('weight_until', 'weight_total') }} as bucket_until
from summed
