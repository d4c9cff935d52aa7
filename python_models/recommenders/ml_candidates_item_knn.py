"""What is bought together with what each customer likes.

Grain: one row per purpose, customer and product. The maths and its tests live in
``personalization.recommenders.neighbours``; this file only binds it to the DAG.
"""

from personalization.recommenders import algorithms, candidates

TASTES = "purpose, customer_key, product_key, taste_120 as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    return candidates.put_forward(
        "item_knn",
        algorithms.fit_item_knn,
        candidates.Plan(**dbt.config.meta_get("settings")),
        dbt.ref("ml_customer_products").select(TASTES).to_arrow_table(),
        dbt.ref("ml_candidates_asked").to_arrow_table(),
        dbt.ref("ml_candidate_products").to_arrow_table(),
    )
