"""The report on all experiments, from sums per arm and metric to decisions."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from personalization.experiments import families, power
from personalization.experiments.comparison import Comparison, Sums, compare, is_reliable
from personalization.experiments.decisions import Evidence, decide

_FIGURES = [
    *Comparison.names(),
    "p_value_adjusted",
    "p_value_bh",
    "srm_p_value",
    "power",
    "detectable_lift",
]
# Columns of int_experiment_sums in the order of Sums.
_SUMS = (
    "unit_count",
    "value_sum",
    "value_squares",
    "covariate_sum",
    "covariate_squares",
    "product_sum",
)
SCHEMA = pa.schema(
    [
        ("experiment_key", pa.string()),
        ("variant_key", pa.string()),
        ("metric", pa.string()),
        *((name, pa.float64()) for name in _FIGURES),
        ("is_reliable", pa.bool_()),
        ("decision", pa.string()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Settings:
    """power_lift : relative lift that `power` is for. sequential_units : see `compare`."""

    power_lift: float = 0.1
    sequential_units: int = 5000


def evaluate(sums: pa.Table, variants: pa.Table, experiments: pa.Table, settings: Settings):
    """Return the table of SCHEMA: one row per experiment, variant and metric of `sums`.

    sums : int_experiment_sums. variants : int_experiment_variants. experiments : int_experiments.
    """
    arms, cells = {}, {}
    for row in sorted(variants.to_pylist(), key=lambda row: row["place"]):
        arms.setdefault(row["experiment_key"], []).append(row)
    for row in sums.to_pylist():
        cells.setdefault(row["experiment_key"], {})[row["metric"], row["variant_key"]] = row
    rows = []
    for experiment in sorted(experiments.to_pylist(), key=lambda row: row["experiment_key"]):
        key = experiment["experiment_key"]
        if key in arms:
            rows += _rows(experiment, arms[key], cells[key], settings)
    return pa.Table.from_pylist(rows, SCHEMA)


def _rows(experiment: dict, arms: list[dict], cells: dict, settings: Settings) -> list[dict]:
    """Return the rows of one experiment."""
    metrics = sorted({metric for metric, _ in cells})
    keys = [arm["variant_key"] for arm in arms]
    control = [arm["is_control"] for arm in arms].index(True)

    def table(name: str) -> np.ndarray:
        return np.array([[cells[m, k][name] for m in metrics] for k in keys], dtype=float)

    sums, counted = Sums(*map(table, _SUMS)), table("value_count")
    enough = np.stack(
        [is_reliable(counted[:, i], sums.n[:, i], metric) for i, metric in enumerate(metrics)], 1
    )
    found = compare(sums, control, sequential_units=settings.sequential_units)
    srm = families.sample_ratio_p_value(sums.n[:, 0], [arm["weight"] for arm in arms])
    treated = [place for place in range(len(arms)) if place != control]
    family = np.array([found[place].p_value for place in treated]).reshape(len(treated), -1)
    adjusted = {
        name: families.adjusted(family.ravel(), method).reshape(family.shape)
        for name, method in (("p_value_adjusted", "holm"), ("p_value_bh", "fdr_bh"))
    }
    base = sums.arm(control)
    rows = []
    for place, key in enumerate(keys):
        figures = {"n": sums.n[place], "mean": sums.arm(place).mean}
        if place != control:
            compared = found[place]
            figures = {name: getattr(compared, name) for name in Comparison.names()}
            figures |= {name: values[treated.index(place)] for name, values in adjusted.items()}
            deviation = np.where(
                compared.standard_deviation > 0, compared.standard_deviation, np.nan
            )
            units = (compared.n, base.n)
            figures["power"] = power.power(settings.power_lift * base.mean, deviation, *units)
            figures["detectable_lift"] = power.detectable(deviation, *units)
        mine = [
            {
                "experiment_key": experiment["experiment_key"],
                "variant_key": key,
                "metric": metric,
                "srm_p_value": _known(srm),
                "is_reliable": bool(enough[place, column] and enough[control, column]),
            }
            | {name: _known(values[column]) for name, values in figures.items()}
            for column, metric in enumerate(metrics)
        ]
        word = ("control", "What the other arms are compared with.")
        if place != control:
            word = _decision(experiment, mine)
        rows += [row | {"decision": word[0], "reason": word[1]} for row in mine]
    return rows


def _decision(experiment: dict, rows: list[dict]) -> tuple[str, str]:
    is_running = experiment["is_running"]
    ends = (
        ("sequential_ci_low", "sequential_ci_high")
        if is_running
        else (
            "lift_ci_low",
            "lift_ci_high",
        )
    )
    found = {
        row["metric"]: Evidence(
            row["metric"],
            row["lift"],
            row[ends[0]],
            row[ends[1]],
            None if is_running else row["p_value_adjusted"],
            row["detectable_lift"],
            row["is_reliable"],
        )
        for row in rows
    }
    return decide(
        experiment["primary_metric"], found, rows[0]["srm_p_value"], is_running=is_running
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
