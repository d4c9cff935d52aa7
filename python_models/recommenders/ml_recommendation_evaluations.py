"""How each recommender did over the last label window, beside the popular baseline.

Grain: one row per model, task, depth and metric. Definitions live in
``personalization.recommenders.evaluation``.
"""

from personalization.recommenders import evaluation


def model(dbt, session):
    dbt.config(materialized="table")

    lists = dbt.ref("ml_test_recommendations").to_arrow_table()
    heldout = dbt.ref("ml_recommendation_labels").filter("purpose = 'test'").to_arrow_table()
    train = dbt.ref("ml_customer_products").filter("purpose = 'test' and purchase_days > 0").to_arrow_table()

    return evaluation.evaluate(lists, heldout, train, dbt.config.meta_get("depths"))
