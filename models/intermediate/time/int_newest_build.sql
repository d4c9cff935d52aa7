{% set state = adapter.get_relation(target.database, 'state', 'int_loads') -%}

-- Grain: one row, the newest build of this warehouse before this one; null and 0 at the first.
{% if state is none -%}
select
    cast(null as timestamp) as as_of,
    cast(0 as bigint) as build_number
{%- else -%}
select
    max(as_of) as as_of,
    coalesce(max(build_number), 0) as build_number
from {{ state }}
{%- endif %}
