{{ config(schema='marts', contract={'enforced': true}) }}

-- Grain: one row per raw table, how many of its rows arrived and were refused. Stops the build when
-- most of a table is refused: marts made from the rest would look right and be wrong.
{% set share = var('max_refused_share') -%}
with

counts as (
    {% for table_name, base in base_models() -%}
    select
        '{{ table_name }}' as table_name,
        count(*) as arrived_count,
        sum(case when rejection_reason is not null then 1 else 0 end) as refused_count,
        -- A table delivered twice, or erased people, say nothing against its loader.
        sum(case
            when rejection_reason not in ('duplicate_delivery', 'erased') then 1
            else 0
        end) as unfit_count
    from {{ ref(base) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    table_name,
    arrived_count,
    cast(coalesce(refused_count, 0) as bigint) as refused_count,
    cast(coalesce(unfit_count, 0) as bigint) as unfit_count
from counts
where {{ fail_when(
    'arrived_count >= ' ~ var('refused_share_from_rows') ~ ' and unfit_count > ' ~ share ~ ' * arrived_count',
    "'raw table ' || table_name || ': ' || unfit_count || ' of ' || arrived_count || ' rows were refused, "
    ~ "more than max_refused_share " ~ share ~ " allows. Look at reason and columns in quarantined_rows, "
    ~ "mend the delivery, or raise the var.'"
) }}
