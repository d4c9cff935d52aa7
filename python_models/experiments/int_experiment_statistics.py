"""What the arms of each experiment did, compared with its control.

Grain: one row per experiment, variant and metric. The statistics, their sources and tests live in
``personalization.experiments.report``; SQL sums the units, so that size does not matter.
"""

from personalization.experiments import report


def model(dbt, session):
    dbt.config(materialized="table")

    sums = dbt.ref("int_experiment_sums").to_arrow_table()
    variants = dbt.ref("int_experiment_variants").to_arrow_table()
    experiments = dbt.ref("int_experiments").to_arrow_table()
    settings = report.Settings(**dbt.config.meta_get("settings"))

    return report.evaluate(sums, variants, experiments, settings)
