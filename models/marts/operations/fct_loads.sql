-- Grain: one row per raw table and content of a file that any build of this warehouse read.
select
    table_name,
    file_sha256,
    min(file_name) as file_name,
    max(row_count) as rows,
    min(as_of) as first_seen_at
from {{ ref('int_loads') }}
group by 1, 2
