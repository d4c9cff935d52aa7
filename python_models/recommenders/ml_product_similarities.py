"""Products that go with a product: bought together with it, or alike by content.

Grain: one row per product, similar product and method. The maths, its settings and its tests live
in ``personalization.recommenders.similarities``; this file only binds it to the DAG.
"""

from personalization.recommenders import similarities


def model(dbt, session):
    dbt.config(materialized="table")

    baskets = dbt.ref("ml_basket_products").to_arrow_table()
    products = dbt.ref("int_products").to_arrow_table()
    settings = similarities.Settings(**dbt.config.meta_get("settings"))

    return similarities.similar_products(baskets, products, settings)
