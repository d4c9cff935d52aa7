"""Lists by the ranker over all models' candidates, or by the best single model if it is better.

Grain: one row per purpose, customer, list and rank. The maths, its settings and its tests live in
``personalization.recommenders.hybrid``; this file only binds it to the DAG.
"""

from personalization.recommenders import hybrid

CUSTOMERS_AT_ONCE = 2_000


def model(dbt, session):
    dbt.config(materialized="table")

    settings = hybrid.Settings(**dbt.config.meta_get("settings"))
    trials = dbt.ref("ml_recommendation_trials").to_arrow_table()
    rows, pairs = dbt.ref("ml_ranker_rows"), dbt.ref("ml_candidates")
    past = rows.filter("purpose = 'test' or (purpose != 'score' and is_learned_from)")
    moments = hybrid.moments_of(past, pairs.filter("purpose != 'score'"), settings)
    [(last,)] = dbt.ref("ml_customers").aggregate("coalesce(max(customer_key), 0)").fetchall()
    customers = range(0, last + 1, CUSTOMERS_AT_ONCE)
    parts = hybrid.parts_of(rows.filter("purpose = 'score'"), customers, settings)

    return hybrid.recommend(trials, moments, parts, settings)
