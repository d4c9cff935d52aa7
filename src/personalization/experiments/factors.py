"""Main effects of a multivariate experiment: what each level of a factor does, over all others."""

import json

import numpy as np
import pyarrow as pa

from personalization.experiments import families
from personalization.experiments.means import ALPHA, Sample, degrees_of_freedom, sample

SCHEMA = pa.schema(
    [
        ("experiment_key", pa.string()),
        ("factor", pa.string()),
        ("level", pa.string()),
        ("metric", pa.string()),
        ("n", pa.int64()),
        *(
            (name, pa.float64())
            for name in ("mean", "lift", "lift_ci_low", "lift_ci_high", "p_value")
        ),
        ("p_value_adjusted", pa.float64()),
    ]
)


def main_effects(sums: pa.Table, variants: pa.Table) -> pa.Table:
    """Return the table of SCHEMA for experiments whose variants differ in two factors or more.

    sums : int_experiment_sums. variants : int_experiment_variants, with factors as a JSON object.
    The mean of a level is that of the variants which have it, each counted once however many units
    it holds: unequal weights then bring no other factor into it. Lifts are against the control's
    level; their interval is Welch's for such a sum of means, their p-values adjusted by Holm over
    levels and metrics of the experiment.
    """
    cells = {
        (row["experiment_key"], row["metric"], row["variant_key"]): sample(
            row["unit_count"], row["value_sum"], row["value_squares"]
        )
        for row in sums.to_pylist()
    }
    rows = []
    for key, arms in sorted(_by_experiment(variants).items()):
        levels = [_levels(arm["factors"]) for arm in arms]
        control = levels[[arm["is_control"] for arm in arms].index(True)]
        factors = sorted(
            name
            for name in control
            if all(name in each for each in levels) and len({each[name] for each in levels}) > 1
        )
        if len(factors) < 2:
            continue
        mine = []
        for metric in sorted({m for experiment, m, _ in cells if experiment == key}):
            found = [cells[key, metric, arm["variant_key"]] for arm in arms]
            for factor in factors:
                named = [each[factor] for each in levels]
                mine += [
                    {"experiment_key": key, "factor": factor, "level": level, "metric": metric}
                    | _effect(found, named, level, control[factor])
                    for level in sorted(set(named))
                ]
        p_values = [row.get("p_value", np.nan) for row in mine]
        for row, value in zip(mine, families.adjusted(p_values, "holm"), strict=True):
            row["p_value_adjusted"] = _known(value)
        rows += mine
    return pa.Table.from_pylist(rows, SCHEMA)


def _by_experiment(variants: pa.Table) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in sorted(variants.to_pylist(), key=lambda row: row["place"]):
        found.setdefault(row["experiment_key"], []).append(row)
    return found


def _levels(factors: str | None) -> dict[str, str]:
    """Return the level of every factor as text; nothing where it is no JSON object."""
    try:
        read = json.loads(factors or "{}")
    except ValueError:
        return {}
    if not isinstance(read, dict):
        return {}
    return {name: str(level) for name, level in read.items() if level is not None}


def _effect(found: list[Sample], named: list[str], level: str, base: str) -> dict:
    from scipy import stats

    mine = [each for each, name in zip(found, named, strict=True) if name == level]
    row = {"n": int(sum(each.n for each in mine)), "mean": _known(_mean(mine))}
    if level == base:
        return row
    against = [each for each, name in zip(found, named, strict=True) if name == base]
    weights = [1 / len(mine)] * len(mine) + [1 / len(against)] * len(against)
    parts = [*mine, *against]
    error = np.sqrt(sum(w**2 * p.variance_of_mean for w, p in zip(weights, parts, strict=True)))
    lift = _mean(mine) - _mean(against)
    if not error > 0:
        return row | {"lift": _known(lift)}
    freedom = degrees_of_freedom(*parts, weights=weights)
    half = stats.t.ppf(1 - ALPHA / 2, freedom) * error
    return row | {
        "lift": _known(lift),
        "lift_ci_low": _known(lift - half),
        "lift_ci_high": _known(lift + half),
        "p_value": float(2 * stats.t.sf(abs(lift) / error, freedom)),
    }


def _mean(samples: list[Sample]) -> float:
    return float(np.mean([each.mean for each in samples]))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
