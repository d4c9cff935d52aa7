-- Grain: one row per recycled e-mail address and holder in turn, half open in time. The first keeps
-- the address's own key, so that no id moves when the second one appears.
with

recycled as (
    select
        identifier_key,
        recycled_at
    from {{ ref('int_mailbox_verdicts') }}
    where reason = 'recycled_mailbox'
)

select
    identifier_key,
    identifier_key as tenure_key,
    false as is_current,
    cast('1900-01-01' as timestamp) as valid_from,
    recycled_at as valid_to
from recycled
union all
select
    identifier_key,
    {{ identifier_key("'email'", "cast(identifier_key as varchar) || '|recycled'") }},
    true,
    recycled_at,
    cast('2200-01-01' as timestamp)
from recycled
