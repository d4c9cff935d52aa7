{#- The columns are the table's key: no combination twice, and no null but in those that may be. -#}
{% test key(model, columns, nullable=[]) %}
{%- set required = columns | reject('in', nullable) | list %}
select
    {{ columns | join(', ') }},
    count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in required %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
