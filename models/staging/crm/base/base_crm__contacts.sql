{{ config(materialized='table') }}

-- Grain: one row per delivered row of crm_contacts, typed and judged; nothing is dropped here.
with

typed as (
    select {{ typed_columns('crm_contacts') }}
    from {{ source('raw', 'crm_contacts') }} as landed
),

judged as (
    select
        *,
        {{ own_reason('crm_contacts') }} as own_reason
    from typed
)

{{ latest_delivery('crm_contacts', from='judged') }}
