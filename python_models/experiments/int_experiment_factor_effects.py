"""What each level of a factor does in experiments of several factors.

Grain: one row per experiment, factor, level and metric. The arithmetic and its tests live in
``personalization.experiments.factors``.
"""

from personalization.experiments.factors import main_effects


def model(dbt, session):
    dbt.config(materialized="table")

    sums = dbt.ref("int_experiment_sums").to_arrow_table()
    variants = dbt.ref("int_experiment_variants").to_arrow_table()

    return main_effects(sums, variants)
