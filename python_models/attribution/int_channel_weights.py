"""What each channel is worth by the Markov chain and the Shapley value of all journeys.

Grain: one row per method and channel. The mathematics lives in
``personalization.attribution.channels``; this file only binds it to the DAG.
"""

from personalization.attribution import channels


def model(dbt, session):
    dbt.config(materialized="table")

    journeys = dbt.ref("int_journey_paths").to_arrow_table()
    settings = channels.Settings(**dbt.config.meta_get("settings"))

    return channels.weigh(journeys, settings)
