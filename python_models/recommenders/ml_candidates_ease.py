"""What goes with all that each customer likes, taken together.

Grain: one row per purpose, customer and product. The maths and its tests live in
``personalization.recommenders.ease``; this file only binds it to the DAG.
"""

from personalization.recommenders import algorithms, candidate_trials, candidates

TASTES = "purpose, customer_key, product_key, taste_120 as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    trials = dbt.ref("ml_candidate_trials").to_arrow_table()
    plan = candidates.Plan(**dbt.config.meta_get("settings"))

    return candidates.put_forward(
        "ease",
        algorithms.fit_ease,
        candidate_trials.chosen("ease", plan, trials),
        dbt.ref("ml_customer_products").select(TASTES).to_arrow_table(),
        dbt.ref("ml_candidates_asked").to_arrow_table(),
        dbt.ref("ml_candidate_products").to_arrow_table(),
    )
