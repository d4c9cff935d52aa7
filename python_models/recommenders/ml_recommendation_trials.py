"""How every model and every way to rank does on the validation moment, and what is chosen.

Grain: one row per list and model version. The maths, its settings and its tests live in
``personalization.recommenders.hybrid`` and ``kept_trials``; this file only binds it to the DAG.
"""

from personalization.recommenders import hybrid, kept_trials


def model(dbt, session):
    dbt.config(materialized="table")

    settings = hybrid.Settings(**dbt.config.meta_get("settings"))
    past = "purpose not in ('score', 'test')"
    rows = dbt.ref("ml_ranker_rows").filter(past)
    pairs = dbt.ref("ml_candidates").filter(past)
    labels = dbt.ref("ml_recommendation_labels").to_arrow_table()
    kept = dbt.ref("ml_known_trials").to_arrow_table()

    moments = hybrid.moments_of(rows, pairs, settings)
    return kept_trials.try_or_recall(moments, labels, kept, settings)
