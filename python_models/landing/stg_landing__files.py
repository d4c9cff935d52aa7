"""Every raw file this build reads, with its fingerprint.

Grain: one row per file. The hashing lives in ``personalization.landing.files``.
"""

from personalization.landing import files


def model(dbt, session):
    dbt.config(materialized="table")

    landed = dbt.source("landing", "landed_files").order("file_name").to_arrow_table()

    return files.fingerprint(landed)
