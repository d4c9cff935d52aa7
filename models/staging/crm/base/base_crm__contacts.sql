{{ config(materialized='table') }}

-- Grain: one row per delivered row of crm_contacts, typed and judged; nothing is dropped here.
with

repeated_keys as (
    {{ repeated_keys('crm_contacts', source('raw', 'crm_contacts')) }}
),

typed as {{ not_kept() }} (
    {{ typed_rows('crm_contacts', source('raw', 'crm_contacts')) }}
),

judged as {{ not_kept() }} (
    select
        *,
        {{ own_reason('crm_contacts') }} as own_reason
    from typed
)

{{ latest_delivery('crm_contacts', from='judged') }}
