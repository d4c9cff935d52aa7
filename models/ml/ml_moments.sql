-- Grain: one row per customer and purpose for which recommenders learn or list. From past moments
-- they learn of a sample, the same at each.
select
    customers.customer_key,
    spine.purpose,
    spine.as_of,
    cast(spine.as_of as date) as as_of_date
from {{ ref('feat_spine') }} as spine
inner join {{ ref('ml_customers') }} as customers
    on spine.customer_id = customers.customer_id
where
    spine.purpose in (
        'score',
        'test',
        {% for number in range(1, var('recommender_windows') + 1) -%}
        'train_{{ number }}',
        {% endfor -%}
        'validation'
    )
qualify
    spine.purpose = 'score'
    or row_number() over (
        partition by spine.purpose
        order by md5(spine.customer_id), spine.customer_id
    ) <= {{ var('recommender_customers') }}
