"""What customers like each customer buy.

Grain: one row per purpose, customer and product. The maths and its tests live in
``personalization.recommenders.neighbours``; this file only binds it to the DAG.
"""

from personalization.recommenders import algorithms, candidate_trials, candidates

TASTES = "purpose, customer_key, product_key, taste_120 as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    trials = dbt.ref("ml_candidate_trials").to_arrow_table()
    plan = candidates.Plan(**dbt.config.meta_get("settings"))

    return candidates.put_forward(
        "user_knn",
        algorithms.fit_user_knn,
        candidate_trials.chosen("user_knn", plan, trials),
        dbt.ref("ml_customer_products").select(TASTES).to_arrow_table(),
        dbt.ref("ml_candidates_asked").to_arrow_table(),
        dbt.ref("ml_candidate_products").to_arrow_table(),
    )
