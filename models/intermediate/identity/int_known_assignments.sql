-- depends_on: {{ ref('int_as_of') }}
{% set state = adapter.get_relation(target.database, 'state', 'int_customer_assignments') -%}

-- Grain: one row per identifier and revision that builds before this one assigned, as far as it was
-- known by as_of.
{% if state is none -%}
select
    cast(null as bigint) as identifier_key,
    cast(null as bigint) as founder_key,
    cast(null as varchar) as customer_id,
    cast(null as integer) as revision,
    cast(null as timestamp) as first_seen_at
where false
{%- else -%}
select
    identifier_key,
    founder_key,
    customer_id,
    revision,
    first_seen_at
from {{ state }}
where assigned_as_of <= {{ as_of() }}
{%- endif %}
