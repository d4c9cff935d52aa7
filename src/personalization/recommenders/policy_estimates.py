"""What each policy would have earned by the sends since it was made, or why that can't be told.

A policy is a list of each customer, made before the sends that judge it. It draws nothing: it shows
the product of rank k at place k with the chance 1. personalization.recommenders.off_policy has the
estimators and what they assume.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from personalization.recommenders import off_policy
from personalization.recommenders.off_policy import Estimate, Log

LOGGED = "logged"
REWARDS = {"click": "is_clicked", "purchase": "is_bought"}
SCHEMA = pa.schema(
    [
        ("policy", pa.string()),
        ("metric", pa.string()),
        ("estimator", pa.string()),
        ("value", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("logged_value", pa.float64()),
        ("n", pa.int64()),
        ("effective_sample_size", pa.float64()),
        ("mean_weight", pa.float64()),
        ("status", pa.string()),
    ]
)


@dataclass(frozen=True)
class Settings:
    """When an estimate is told, and how the doubly robust one's model learns.

    min_effective_sample_size : rows of equal weight. max_weight_gap : how far mean_weight may be
    from 1; it is off by as much as IPS is. min_rewarded_customers : customers with a reward that
    counts; below, intervals are too narrow. folds, prior_rows : as of off_policy.fold_rates.
    """

    min_effective_sample_size: float = 30.0
    max_weight_gap: float = 0.1
    min_rewarded_customers: int = 10
    folds: int = 5
    prior_rows: float = 20.0


def evaluate(tables: Iterable[pa.Table], settings: Settings) -> pa.Table:
    """Return the table of SCHEMA: a row per policy, metric and estimator.

    tables : rows of ml_policy_impressions, in any order, of one policy each. Without a row a policy
    has none here either. The status is estimated; else value and interval are null.
    """
    found = []
    for table in tables:
        if table.num_rows:
            ordered = table.sort_by([("send_id", "ascending"), ("place", "ascending")])
            for metric, reward in REWARDS.items():
                found += _judged(ordered, metric, reward, settings)
    return pa.Table.from_pylist(found, SCHEMA)


def _judged(table: pa.Table, metric: str, reward: str, settings: Settings) -> list[dict]:
    """Return the rows of one policy and metric, of places whose reward is known by now."""
    policy = table["policy"][0].as_py()
    names = ["logged mean"] if policy == LOGGED else ["ips", "snips", "doubly robust"]
    keys = [{"policy": policy, "metric": metric, "estimator": name} for name in names]
    known = table.filter(pc.is_valid(table[reward]))
    if not known.num_rows:
        return [key | {"n": 0, "status": "no sends"} for key in keys]
    log = Log(
        pc.cast(known[reward], pa.float64()).to_numpy(),
        known["propensity"].to_numpy(),
        _indices(known["customer_id"])[0],
    )
    if policy == LOGGED:
        is_shown, estimates = np.ones(len(log.rewards), bool), [off_policy.logged(log)]
        is_overlapping = True
    else:
        target, estimates = _estimates(known, log, settings)
        is_shown = target > 0
        is_overlapping = _is_overlapping(log, target, settings)
    rewarded = len(np.unique(log.customers[is_shown & (log.rewards > 0)]))
    common = {
        "logged_value": float(np.mean(log.rewards)),
        "n": estimates[0].n,
        "effective_sample_size": estimates[0].effective_sample_size,
        "mean_weight": estimates[0].mean_weight,
    }
    return [
        key | common | _told(estimate, is_overlapping, rewarded, settings)
        for key, estimate in zip(keys, estimates, strict=True)
    ]


def _is_overlapping(log: Log, target: np.ndarray, settings: Settings) -> bool:
    """Return whether the log could show all that the policy does, as far as weights tell."""
    weight = off_policy.ips(Log(np.ones(len(target)), log.propensities, log.customers), target)
    return (
        weight.effective_sample_size >= settings.min_effective_sample_size
        and abs(weight.value - 1) <= settings.max_weight_gap
        and not (weight.low > 1 or weight.high < 1)
    )


def _estimates(known: pa.Table, log: Log, settings: Settings) -> tuple[np.ndarray, list[Estimate]]:
    """Return the policy's chance of each logged product (n,), and IPS, SNIPS, doubly robust."""
    n = known.num_rows
    both = pa.chunked_array(known["product_id"].chunks + known["policy_product_id"].chunks)
    products, count = _indices(both)
    shown, wanted = products[:n], products[n:]
    target = (shown == wanted).astype(np.float64)
    fold = known["bucket"].to_numpy() % settings.folds
    rates = off_policy.fold_rates(
        log, shown, count, fold, folds=settings.folds, prior_rows=settings.prior_rows
    )
    return target, [
        off_policy.ips(log, target),
        off_policy.snips(log, target),
        off_policy.doubly_robust(log, target, rates[fold, shown], rates[fold, wanted]),
    ]


def _told(estimate: Estimate, is_overlapping: bool, rewarded: int, settings: Settings) -> dict:
    """Return value, interval and status, or why there are none."""
    if not is_overlapping:
        return {"status": "too little overlap"}
    # Also where all are alike: an interval without width claims to be certain.
    if rewarded < settings.min_rewarded_customers or not estimate.low < estimate.high:
        return {"status": "too few rewards"}
    return {
        "value": estimate.value,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "status": "estimated",
    }


def _indices(ids: pa.ChunkedArray) -> tuple[np.ndarray, int]:
    """Return whole numbers from 0 that stand for the ids, and how many ids there are."""
    encoded = pc.dictionary_encode(ids.combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)
