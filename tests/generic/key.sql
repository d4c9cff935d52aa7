{#- The columns are the table's key: no combination twice, and no null but in those that may be. Only
    combinations whose hash stands twice are compared in full. -#}
{% test key(model, columns, nullable=[]) %}
{%- set required = columns | reject('in', nullable) | list %}
select
    {{ columns | join(', ') }},
    count(*) as copies
from {{ model }}
where
    {{ hash_number(columns) }} in (
        select {{ hash_number(columns) }}
        from {{ model }}
        group by 1
        having count(*) > 1
    )
    {%- for column in required %}
    or {{ column }} is null
    {%- endfor %}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in required %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
