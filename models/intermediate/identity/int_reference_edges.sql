-- Grain: one row per pair of ids of which one refers to the other in a row of its own, but for ids
-- that too many refer to.
with

capped as (
    select distinct identifier_key from {{ ref('int_capped_identifiers') }}
),

refers as (
    {% for source, target in [
        ('account_key', 'contact_key'), ('subscriber_key', 'contact_key'),
        ('subscriber_key', 'account_key'),
    ] -%}
    select
        {{ source }} as source_key,
        {{ target }} as target_key
    from {{ ref('int_identity_links') }}
    where {{ source }} is not null and {{ target }} is not null
    {{ 'union' if not loop.last }}
    {% endfor %}
)

select
    refers.source_key,
    refers.target_key
from refers
left join capped as capped_sources
    on refers.source_key = capped_sources.identifier_key
left join capped as capped_targets
    on refers.target_key = capped_targets.identifier_key
where capped_sources.identifier_key is null and capped_targets.identifier_key is null
