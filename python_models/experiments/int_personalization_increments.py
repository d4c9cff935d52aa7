"""What each arm with personalization brought in more than the control, in all.

Grain: one row per experiment, period and variant. The arithmetic and its tests live in
``personalization.experiments.increments``.
"""

from personalization.experiments.increments import increments


def model(dbt, session):
    dbt.config(materialized="table")

    sums = dbt.ref("int_personalization_sums").to_arrow_table()
    arms = dbt.ref("int_personalization_arms").to_arrow_table()

    return increments(sums, arms)
