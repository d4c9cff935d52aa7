"""How every way to set a model of candidates discovers on the validation, and what is chosen.

Grain: one row per list, model and version. The maths and its tests live in
``personalization.recommenders.candidate_trials``; this file only binds it to the DAG.
"""

from personalization.recommenders import candidate_trials, candidates

TASTES = "purpose, customer_key, product_key, taste_120 as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    settings = dbt.config.meta_get("settings")
    judged = "purpose = 'validation'"
    return candidate_trials.try_or_recall(
        {name: candidates.Plan(**settings[name]) for name in sorted(settings)},
        dbt.ref("ml_customer_products").filter(judged).select(TASTES).to_arrow_table(),
        dbt.ref("ml_candidates_asked").filter(judged).to_arrow_table(),
        dbt.ref("ml_candidate_products").filter(judged).to_arrow_table(),
        dbt.ref("ml_recommendation_labels").filter(judged).to_arrow_table(),
        dbt.ref("ml_known_trials").to_arrow_table(),
    )
