"""What customers would be shown at the test moment by attributes alone: to be judged.

Grain: one row per customer, list and rank. The maths and its tests live in
``personalization.recommenders.metadata``; this file only binds it to the DAG.
"""

from personalization.recommenders import metadata

KEYS = ("purpose", "customer_key", "product_key", "is_bought", "was_ordered")


def model(dbt, session):
    dbt.config(materialized="table")

    rows = dbt.ref("ml_ranker_rows").filter(
        "purpose = 'test' or (purpose != 'score' and is_learned_from and not was_ordered)"
    )
    pairs = rows.select(", ".join([*KEYS, *metadata.COLUMNS])).to_arrow_table()

    return metadata.recommend(pairs, metadata.Settings(**dbt.config.meta_get("settings")))
