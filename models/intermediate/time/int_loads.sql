{{
    config(
        materialized = 'incremental',
        incremental_strategy = 'append',
        schema = 'state',
        full_refresh = false
    )
}}

-- Grain: one row per moment built and raw file read for it; outlives the warehouse.
with

files as (
    select
        {{ as_of() }} as as_of,
        table_name,
        file_name,
        file_sha256,
        row_count
    from {{ ref('stg_landing__files') }}
)

select * from files
{% if is_incremental() %}
where
    not exists (
        select 1
        from {{ this }} as known
        where
            known.as_of = files.as_of
            and known.file_name = files.file_name
            and known.file_sha256 = files.file_sha256
    )
{% endif %}
