"""How far predicted stars were from those given in the last label window, beside the global mean.

Grain: one row per model and metric. The maths and its tests live in
``personalization.recommenders.ratings``; this file only binds it to the DAG.
"""

from personalization.recommenders import candidates, rating_evaluation


def model(dbt, session):
    dbt.config(materialized="table")

    return rating_evaluation.evaluate(
        dbt.ref("ml_ratings").filter("purpose = 'test' and stars > 0").to_arrow_table(),
        dbt.ref("ml_rating_labels").to_arrow_table(),
        candidates.Plan(**dbt.config.meta_get("settings")),
    )
