"""How each recommender did over the last label window, beside the popular baseline.

Grain: one row per model, task, segment, depth and metric. Definitions live in
``personalization.recommenders.metrics``.
"""

from personalization.recommenders import evaluation


def model(dbt, session):
    dbt.config(materialized="table")

    lists = dbt.ref("ml_test_recommendations")
    heldout = dbt.ref("ml_recommendation_labels").filter("purpose = 'test'").to_arrow_table()
    train = (
        dbt.ref("ml_customer_products")
        .filter("purpose = 'test' and purchase_days > 0")
        .to_arrow_table()
    )
    settings = evaluation.Settings(**dbt.config.meta_get("settings"))

    # One model at a time in memory.
    names = sorted(name for (name,) in lists.project("model_name").distinct().fetchall())
    tables = (lists.filter(f"model_name = '{name}'").to_arrow_table() for name in names)
    return evaluation.evaluate(tables, heldout, train, settings)
