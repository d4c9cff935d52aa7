-- Grain: one row per pair of identifiers that one customer rests on, with the rule and the source
-- whose row said so first.
with

links as (
    select
        *,
        coalesce(account_key, contact_key, subscriber_key, email_key) as anchor_key
    from {{ ref('int_usable_links') }}
),

components as (
    select * from {{ ref('int_identifier_components') }}
),

pairs as (
    {% for column, rule in [
        ('contact_key', 'reference'), ('subscriber_key', 'reference'),
        ('email_key', 'equal_email'), ('phone_key', 'equal_phone'),
        ('device_key', 'device_of_one_person'),
    ] -%}
    select
        {{ 'anchor_key' if column != 'device_key' else 'coalesce(anchor_key, phone_key)' }}
            as source_key,
        {{ column }} as target_key,
        '{{ rule }}' as rule,
        table_name,
        first_seen_at
    from links
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    pairs.source_key,
    pairs.target_key,
    pairs.rule,
    pairs.table_name,
    pairs.first_seen_at,
    sources.component_key
from pairs
inner join components as sources
    on pairs.source_key = sources.identifier_key
-- A device of several people is tied to none of them.
inner join components as targets
    on
        pairs.target_key = targets.identifier_key
        and sources.component_key = targets.component_key
where pairs.source_key != pairs.target_key
qualify row_number() over (
    partition by pairs.source_key, pairs.target_key
    order by pairs.first_seen_at, pairs.table_name, pairs.rule
) = 1
