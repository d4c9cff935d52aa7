"""What each channel is worth, by the methods that learn it from all journeys."""

from dataclasses import dataclass

import pyarrow as pa

from personalization.attribution import markov, shapley
from personalization.attribution.touches import of_paths

SCHEMA = pa.schema(
    [
        ("method", pa.string()),
        ("channel", pa.string()),
        ("removal_effect", pa.float64()),
        ("shapley_value", pa.float64()),
        ("share", pa.float64()),
        ("attributed_conversions", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Settings:
    """Settings of the methods; an unknown key is a TypeError.

    markov_order : touches that a journey remembers.
    """

    markov_order: int


def weigh(journeys: pa.Table, settings: Settings) -> pa.Table:
    """Weigh the channels by the Markov chain and by the Shapley value of their journeys.

    journeys : columns path (list of channels by time), conversion_count, null_count; a row per
        path, in any order.

    Returns SCHEMA, one row per method and channel; share adds up to 1 and attributed_conversions to
    all conversions of a method. Empty where nobody ordered.
    """
    conversions = journeys["conversion_count"].to_numpy()
    nulls = journeys["null_count"].to_numpy()
    total = int(conversions.sum())
    if total == 0:
        return SCHEMA.empty_table()
    touches = of_paths(journeys["path"].combine_chunks())
    chain = markov.learn(touches, conversions, nulls, settings.markov_order)
    worth = {
        "markov": markov.removal_effects(chain),
        "shapley": shapley.shapley_values(touches, conversions),
    }
    rows = [
        {
            "method": method,
            "channel": channel,
            "removal_effect": value if method == "markov" else None,
            "shapley_value": value if method == "shapley" else None,
            "share": value / sum(values.values()),
            "attributed_conversions": total * value / sum(values.values()),
        }
        for method, values in worth.items()
        for channel, value in values.items()
    ]
    return pa.Table.from_pylist(rows, SCHEMA)
