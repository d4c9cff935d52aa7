-- Grain: one row per statement of a preference before as_of, by the identifier it names; null where
-- that stands for no one person.
with

statements as (
    select * from {{ ref('stg_consent__stated_preferences') }}
    where stated_at < {{ as_of() }}
),

contact_values as (
    select * from {{ ref('int_contact_value_keys') }}
)

select
    statements.preference_id,
    case
        when statements.subject_type in ('email', 'phone') then contact_values.identifier_key
        else {{ identifier_key('statements.subject_type', 'statements.subject_value') }}
    end as identifier_key,
    statements.preference_type,
    statements.preference_value,
    statements.stated_at
from statements
left join contact_values
    on {{ is_holder_at(
        'contact_values', 'statements.subject_type', 'statements.subject_value', 'statements.stated_at'
    ) }}
