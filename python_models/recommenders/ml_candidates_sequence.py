"""What each customer is likely to buy next by the order of their events; empty while it is off.

Grain: one row per purpose, customer and product. The maths and its tests live in
``personalization.recommenders.sequence``; this file only binds it to the DAG.
"""

from personalization.recommenders import candidates, sequence_candidates

DAYS = "customer_key, product_key, interaction_date, purchase_count > cancelled_count as is_bought"
TASTES = "purpose, customer_key, product_key, taste_120 as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    plan = candidates.Plan(**dbt.config.meta_get("settings"))
    days, moments = dbt.ref("ml_interactions"), dbt.ref("ml_moments")
    tastes, asked = dbt.ref("ml_customer_products"), dbt.ref("ml_candidates_asked")
    shown, labels = dbt.ref("ml_candidate_products"), dbt.ref("ml_recommendation_labels")
    if not sequence_candidates.is_ready(dbt.config.meta_get("is_on")):
        return candidates.SCHEMA.empty_table()

    return sequence_candidates.put_forward(
        plan,
        days.filter("weight > 0").select(DAYS).to_arrow_table(),
        moments.select("purpose, as_of_date").distinct().to_arrow_table(),
        tastes.select(TASTES).to_arrow_table(),
        asked.to_arrow_table(),
        shown.to_arrow_table(),
        labels.to_arrow_table(),
    )
