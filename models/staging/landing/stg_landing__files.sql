{{ config(materialized='table') }}

-- Grain: one row per raw file that this build reads, with its fingerprint.
select
    table_name,
    file_name,
    file_sha256,
    row_count
from {{ source('landing', 'landed_files') }}
