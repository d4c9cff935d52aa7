"""Products each customer is likely to buy, learned from who bought what.

Grain: one row per purpose, customer, list and rank. The maths, its settings and its tests live in
``personalization.recommenders.als``; this file only binds it to the DAG.
"""

from personalization.recommenders import als


def model(dbt, session):
    dbt.config(materialized="table")

    purchases = dbt.ref("ml_customer_purchases").to_arrow_table()
    candidates = dbt.ref("ml_candidate_products").to_arrow_table()
    settings = als.Settings(**dbt.config.meta_get("settings"))

    return als.recommend(purchases, candidates, settings)
