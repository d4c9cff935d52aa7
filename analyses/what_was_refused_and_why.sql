-- Refused rows by table and reason, the most frequent first: what a loader should mend.
select
    table_name,
    reason,
    columns,
    sum(copy_count) as row_count
from {{ ref('quarantined_rows') }}
group by 1, 2, 3
order by row_count desc, table_name asc, reason asc
