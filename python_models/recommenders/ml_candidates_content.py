"""What is like each customer's taste by its words, category, brand and price.

Grain: one row per purpose, customer and product. The maths and its tests live in
``personalization.recommenders.content``; this file only binds it to the DAG.
"""

from personalization.recommenders import candidates, content_candidates

TASTES = "purpose, customer_key, product_key, taste_120 as taste, was_ordered"


def model(dbt, session):
    dbt.config(materialized="table")

    return content_candidates.put_forward(
        candidates.Plan(**dbt.config.meta_get("settings")),
        dbt.ref("ml_customer_products").select(TASTES).to_arrow_table(),
        dbt.ref("ml_candidates_history").to_arrow_table(),
        dbt.ref("ml_candidate_products").to_arrow_table(),
        dbt.ref("ml_product_texts").to_arrow_table(),
    )
