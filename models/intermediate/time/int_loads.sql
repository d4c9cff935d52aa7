{{
    config(
        materialized = 'incremental',
        incremental_strategy = 'append',
        schema = 'state',
        full_refresh = false
    )
}}

-- Grain: one row per file and build that read it for a new moment or with new content. Outlives the
-- warehouse, and is only ever added to: content that comes back is a third row.
with

files as (
    select
        {{ as_of() }} as as_of,
        table_name,
        file_name,
        file_sha256,
        row_count
    from {{ ref('stg_landing__files') }}
),

known as (
    {% if is_incremental() -%}
    select
        build_number,
        as_of,
        file_name,
        file_sha256
    from {{ this }}
    {%- else -%}
    select
        cast(null as bigint) as build_number,
        cast(null as timestamp) as as_of,
        cast(null as varchar) as file_name,
        cast(null as varchar) as file_sha256
    where false
    {%- endif %}
),

newest as (
    select * from known
    qualify row_number() over (partition by file_name order by build_number desc) = 1
),

last_build as (
    select coalesce(max(build_number), 0) as build_number
    from known
)

select
    cast(last_build.build_number + 1 as bigint) as build_number,
    files.as_of,
    files.table_name,
    files.file_name,
    files.file_sha256,
    case when newest.file_sha256 != files.file_sha256 then newest.file_sha256 end
        as previous_sha256,
    files.row_count
from files
cross join last_build
left join newest
    on files.file_name = newest.file_name
where
    newest.as_of is distinct from files.as_of
    or newest.file_sha256 is distinct from files.file_sha256
