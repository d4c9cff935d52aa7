"""What customers of like tastes buy, by matrix factorisation.

Grain: one row per purpose, customer and product. The maths and its tests live in
``personalization.recommenders.als``; this file only binds it to the DAG.
"""

from personalization.recommenders import algorithms, candidates

TASTES = "purpose, customer_key, product_key, taste_120 as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    return candidates.put_forward(
        "als",
        algorithms.fit_als,
        candidates.Plan(**dbt.config.meta_get("settings")),
        dbt.ref("ml_customer_products").select(TASTES).to_arrow_table(),
        dbt.ref("ml_candidates_asked").to_arrow_table(),
        dbt.ref("ml_candidate_products").to_arrow_table(),
    )
