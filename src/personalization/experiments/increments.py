"""What personalization brought in all: the lift per customer times the customers that had it."""

import numpy as np
import pyarrow as pa

from personalization.experiments.means import difference, sample

SCHEMA = pa.schema(
    [
        ("experiment_key", pa.string()),
        ("period", pa.string()),
        ("variant_key", pa.string()),
        ("n_treated", pa.int64()),
        ("n_control", pa.int64()),
        *(
            (f"incremental_{amount}{end}", pa.float64())
            for amount in ("revenue", "margin")
            for end in ("", "_ci_low", "_ci_high")
        ),
    ]
)


def increments(sums: pa.Table, arms: pa.Table) -> pa.Table:
    """Return the table of SCHEMA: one row per experiment, period and arm with personalization.

    sums : int_personalization_sums. arms : int_personalization_arms. The 95 % intervals are those
    of Welch's t for the mean per customer, times the customers of the arm. The margin is unknown
    where an arm has revenue and no order of it a known margin: it is not 0.
    """
    controls = {
        (arm["experiment_key"], arm["variant_key"]) for arm in arms.to_pylist() if arm["is_control"]
    }
    rows = sorted(
        sums.to_pylist(), key=lambda row: (row["experiment_key"], row["period"], row["variant_key"])
    )
    against = {
        (row["experiment_key"], row["period"]): row
        for row in rows
        if (row["experiment_key"], row["variant_key"]) in controls
    }
    found = []
    for row in rows:
        base = against.get((row["experiment_key"], row["period"]))
        if base is None or row is base:
            continue
        found.append(
            {name: row[name] for name in ("experiment_key", "period", "variant_key")}
            | {"n_treated": row["unit_count"], "n_control": base["unit_count"]}
            | _total(row, base, "revenue")
            | _total(row, base, "margin")
        )
    return pa.Table.from_pylist(found, SCHEMA)


def _total(row: dict, base: dict, amount: str) -> dict:
    if amount == "margin" and not (_has_margin(row) and _has_margin(base)):
        return {f"incremental_margin{end}": None for end in ("", "_ci_low", "_ci_high")}
    treated, control = (
        sample(each["unit_count"], each[f"{amount}_sum"], each[f"{amount}_squares"])
        for each in (row, base)
    )
    lift = difference(treated, control)
    return {
        f"incremental_{amount}{end}": float(value * treated.n) if np.isfinite(value) else None
        for end, value in (("", lift.lift), ("_ci_low", lift.low), ("_ci_high", lift.high))
    }


def _has_margin(row: dict) -> bool:
    return row["revenue_sum"] == 0 or row["revenue_of_known_margin"] != 0
