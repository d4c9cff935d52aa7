{% set age_days = dbt.datediff('interactions.interaction_date', 'moments.as_of_date', 'day') -%}
-- Grain: one row per purpose, customer and product that they had to do with before that moment.
with

facts as (
    select
        moments.purpose,
        interactions.*,
        {{ age_days }} as age_days
    from {{ ref('ml_moments') }} as moments
    inner join {{ ref('ml_interactions') }} as interactions
        on
            moments.customer_key = interactions.customer_key
            and moments.as_of > interactions.interaction_date
),

summed as (
    select
        purpose,
        customer_key,
        product_key,
        sum(purchase_count) - sum(cancelled_count) as kept_count,
        sum(case when purchase_count > 0 then 1 else 0 end) as purchase_days,
        min(case when purchase_count > 0 then age_days end) as last_days_ago,
        max(case when purchase_count > 0 then age_days end) as first_days_ago,
        sum(case when paid_amount is not null then quantity end) as quantity,
        sum(paid_amount) as paid_amount,
        min(age_days) as seen_days_ago,
        {% for half_life in [15, 60, 120] -%}
        sum({{ decayed('weight', 'age_days', half_life) }}) as taste_{{ half_life }},
        {% endfor -%}
        sum(case when is_first_order then 1 else 0 end) > 0 as was_ordered
    from facts
    group by 1, 2, 3
)

select
    purpose,
    customer_key,
    product_key,
    -- What was cancelled altogether was not bought, but it is no discovery either.
    cast(case when kept_count > 0 then purchase_days else 0 end as integer) as purchase_days,
    cast(case when kept_count > 0 then last_days_ago end as integer) as last_days_ago,
    cast(case when kept_count > 0 then first_days_ago end as integer) as first_days_ago,
    cast(quantity as double) as quantity,
    cast(paid_amount as double) as paid_amount,
    cast(seen_days_ago as integer) as seen_days_ago,
    {% for half_life in [15, 60, 120] -%}
    cast(greatest(cast(taste_{{ half_life }} as double), 0) as float) as taste_{{ half_life }},
    {% endfor -%}
    was_ordered
from summed
