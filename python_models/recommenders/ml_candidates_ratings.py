"""What each customer who rates is likely to give many stars.

Grain: one row per purpose, customer and product. The maths and its tests live in
``personalization.recommenders.ratings``; this file only binds it to the DAG.
"""

from personalization.recommenders import algorithms, candidates

TASTES = "purpose, customer_key, product_key, stars as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    return candidates.put_forward(
        "ratings",
        algorithms.fit_ratings,
        candidates.Plan(**dbt.config.meta_get("settings")),
        dbt.ref("ml_ratings").select(TASTES).to_arrow_table(),
        dbt.ref("ml_candidates_history").to_arrow_table(),
        dbt.ref("ml_candidate_products").to_arrow_table(),
    )
