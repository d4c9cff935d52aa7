"""Which settings of a model of candidates discover best on the validation moment.

As the ranker's, trials rest on what they are made of alone and are kept while it is the same
(``kept_trials``).
"""

import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from importlib.metadata import version

import numpy as np
import pyarrow as pa

from personalization.recommenders import (
    algorithms,
    candidates,
    ease,
    fitted,
    hybrid,
    kept_trials,
    metrics_of_lists,
    neighbours,
    topk,
)
from personalization.recommenders.candidates import Moment, Plan, places_of

_CODE = (
    sys.modules[__name__],
    algorithms,
    candidates,
    ease,
    fitted,
    metrics_of_lists,
    neighbours,
    topk,
)
_LIBRARIES = ("implicit", "numpy", "scipy")


def try_or_recall(
    plans: Mapping[str, Plan],
    tastes: pa.Table,
    asked: pa.Table,
    shown: pa.Table,
    labels: pa.Table,
    kept: pa.Table,
) -> pa.Table:
    """Judge every way to set each model on the validation moment, or recall what was kept.

    plans : by the name of the algorithm.
    tastes, asked, shown : as of ``candidates.put_forward``, of the validation moment alone.
    labels : columns customer_key, product_key: what was bought after it.
    kept : kept_trials.SCHEMA, what earlier builds tried.

    Returns kept_trials.SCHEMA, one row per model and version of the list discover. The first of the
    best ways of each model is chosen; the first of all where nobody can be judged.
    """
    tables = [kept_trials.SCHEMA.empty_table()]
    for algorithm, plan in plans.items():
        products = candidates.most_liked(tastes, plan)
        moment = candidates.moment_of(tastes, asked, shown, products)
        wanted = discoveries(moment, labels)
        fit = getattr(algorithms, f"fit_{algorithm}")
        judge = partial(_tried, algorithm, plan, moment, fit, wanted)
        inputs = digest(algorithm, plan, moment, wanted)
        tables.append(kept_trials.recall_or(judge, kept, inputs))
    return pa.concat_tables(tables)


def chosen(algorithm: str, plan: Plan, trials: pa.Table) -> Plan:
    """Return the way to set a model that its trials chose."""
    names = set(trials.filter(trials["is_chosen"])["model_version"].to_pylist())
    return next(way for way in plan.ways() if way.version(algorithm) in names)


def discoveries(moment: Moment, labels: pa.Table) -> np.ndarray:
    """Return what customers went on to buy and had never ordered, as places in the matrix."""
    rows = places_of(moment.customers, labels["customer_key"].to_numpy())
    columns = places_of(moment.products, labels["product_key"].to_numpy())
    wanted = _places(moment, rows, columns)[(rows >= 0) & (columns >= 0)]
    return np.unique(wanted[places_of(_ordered(moment), wanted) < 0])


def discovers(moment: Moment, fit: Callable, plan: Plan, wanted: np.ndarray) -> float:
    """NDCG at 10 over products that the customer had never ordered.

    wanted : of ``discoveries``.
    """
    pairs = candidates.score_moment(moment, fit, plan)
    listed = _places(moment, pairs.rows, pairs.columns)
    is_new = places_of(_ordered(moment), listed) < 0
    return metrics_of_lists.ndcg(
        pairs.rows[is_new],
        pairs.scores[is_new],
        np.isin(listed[is_new], wanted),
        _counts(moment, wanted),
    )


def digest(algorithm: str, plan: Plan, moment: Moment, wanted: np.ndarray) -> str:
    """Return the SHA-256 of all that the trials of a model depend on.

    It knows customers and products by their order only, as ``kept_trials.digest`` does.
    """
    code = [inspect.getsource(module) for module in _CODE]
    libraries = [version(name) for name in _LIBRARIES]
    told = [json.dumps([algorithm, asdict(plan), code, libraries], sort_keys=True).encode()]
    for matrix in (moment.tastes, moment.ordered, moment.asked):
        entries = matrix.sorted_indices()
        told += [entries.indptr, entries.indices, entries.data]
    return kept_trials.sha256([*told, moment.shown, wanted])


def _tried(
    algorithm: str, plan: Plan, moment: Moment, fit: Callable, wanted: np.ndarray
) -> pa.Table:
    ways = plan.ways()
    found = [discovers(moment, fit, way, wanted) if len(wanted) else 0.0 for way in ways]
    customers = int((_counts(moment, wanted) > 0).sum())
    return pa.Table.from_pylist(
        [
            {
                "list_name": "discover",
                "model_name": algorithm,
                "model_version": way.version(algorithm),
                "parameters": json.dumps(way.model),
                "ndcg": found[place],
                "n": customers,
                "is_chosen": place == int(np.argmax(found)),
            }
            for place, way in enumerate(ways)
        ],
        schema=hybrid.TRIALS,
    )


def _places(moment: Moment, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return rows.astype(np.int64) * len(moment.products) + columns


def _ordered(moment: Moment) -> np.ndarray:
    return np.sort(_places(moment, *moment.ordered.nonzero()))


def _counts(moment: Moment, wanted: np.ndarray) -> np.ndarray:
    width = max(1, len(moment.products))
    return np.bincount(wanted // width, minlength=len(moment.customers))
