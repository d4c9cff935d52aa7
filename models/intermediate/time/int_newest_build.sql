{% set state = adapter.get_relation(target.database, 'state', 'int_loads') -%}

-- Grain: one row, the newest moment this warehouse was ever built for; null at its first build.
{% if state is none -%}
select cast(null as timestamp) as as_of
{%- else -%}
select max(as_of) as as_of
from {{ state }}
{%- endif %}
