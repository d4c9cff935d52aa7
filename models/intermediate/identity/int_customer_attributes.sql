-- Grain: one row per customer with what its best source says that points at nobody, and which source
-- that is.
select
    customer_id,
    {% for attribute in ['country', 'timezone', 'language'] -%}
    max(case when attribute = '{{ attribute }}' then value end) as {{ attribute }},
    max(case when attribute = '{{ attribute }}' then table_name end)
        as {{ attribute }}_source{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_golden_attributes') }}
where attribute in ('country', 'timezone', 'language')
group by 1
