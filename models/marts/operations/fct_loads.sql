-- Grain: one row per raw table and content of a file that any build of this warehouse read.
with

loads as (
    select * from {{ ref('int_loads') }}
),

replacements as (
    select
        table_name,
        file_sha256,
        previous_sha256
    from loads
    where previous_sha256 is not null
    qualify row_number() over (
        partition by table_name, file_sha256
        order by build_number desc, file_name asc
    ) = 1
),

contents as (
    select
        table_name,
        file_sha256,
        min(file_name) as file_name,
        max(row_count) as row_count,
        min(as_of) as first_seen_at
    from loads
    group by 1, 2
)

select
    contents.table_name,
    contents.file_sha256,
    contents.file_name,
    contents.row_count as rows,
    contents.first_seen_at,
    replacements.previous_sha256 as replaced_file_sha256
from contents
left join replacements
    on
        contents.table_name = replacements.table_name
        and contents.file_sha256 = replacements.file_sha256
