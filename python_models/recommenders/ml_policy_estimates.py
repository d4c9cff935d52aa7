"""What past lists would have earned, from the sends since whose propensities are known.

Grain: one row per policy, metric and estimator. The estimators and their tests live in
``personalization.recommenders.policy_estimates``; this file only binds it to the DAG.
"""

from personalization.recommenders import policy_estimates


def model(dbt, session):
    dbt.config(materialized="table")

    rows = dbt.ref("ml_policy_impressions")
    settings = policy_estimates.Settings(**dbt.config.meta_get("settings"))

    # One policy at a time in memory.
    names = sorted(name for (name,) in rows.project("policy").distinct().fetchall())
    tables = (rows.filter(f"policy = '{name}'").to_arrow_table() for name in names)
    return policy_estimates.evaluate(tables, settings)
