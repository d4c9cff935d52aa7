"""Places of the lists once products like those before them have stepped back.

Grain: one row per purpose, customer, list and product; none while the var diversity is 0. The
maths and its tests live in ``personalization.recommenders.diversity``; this file only binds it to
the DAG.
"""

from personalization.recommenders import diversity

ROWS_AT_ONCE = 500_000


def model(dbt, session):
    dbt.config(materialized="table")

    settings = diversity.Settings(**dbt.config.meta_get("settings"))
    weighed = dbt.ref("ml_recommendations_weighed")
    products = dbt.ref("ml_products")
    if settings.diversity == 0:
        return diversity.SCHEMA.empty_table()

    rows = weighed.project("purpose, customer_key, list_name, product_key, score, model_rank")
    rows = rows.order("customer_key, purpose, list_name, score desc, model_rank")
    kinds = products.project("product_key, category_key, kind_key, brand_key").to_arrow_table()
    return diversity.diversify(rows.to_arrow_reader(ROWS_AT_ONCE), kinds, settings)
