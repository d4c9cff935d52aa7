"""All recommenders of a build beside each other, and beside models of other packages."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders import evaluation
from personalization.recommenders.peers import PEERS, lists_of
from personalization.warehouse.copies import tables
from personalization.warehouse.places import BuildError
from personalization.warehouse.reading import connect

_JUDGED = """
select model_name, task, value, ci_low, ci_high, n
from fct_recommendation_evaluations
where metric = 'ndcg' and segment = 'all' and k = $1
order by model_name, task
"""

# As the nodes of the build take them: what the project's own models learn from, may show, are
# judged by.
_PAIRS = """
select customer_key, product_key, purchase_days as taste, was_ordered
from ml.ml_customer_products where purpose = 'test'
order by customer_key, product_key
"""
_SHOWN = "select product_key from ml.ml_candidate_products where purpose = 'test'"
_LABELS = "select customer_key, product_key from ml.ml_recommendation_labels where purpose = 'test'"


class Row(NamedTuple):
    """A model: its estimates by task, and the CPU seconds it took where they were measured."""

    name: str
    estimates: dict[str, evaluation.Estimate]
    cpu_seconds: float | None = None


def compare(marts: Path, k: int = 10, *, warehouse: Path | None = None) -> None:
    """Print NDCG of every model at the build's test moment, the best first, as a Markdown table.

    warehouse : of the same build; given, models of other packages learn and are judged, too.

    Raises BuildError if there is no publication, nothing was judged at that depth, or the warehouse
    is of another moment.
    """
    if not tables(marts, "marts"):
        raise BuildError(f"{marts} holds no marts. Build first: make build")
    with connect(marts) as connection:
        judged = connection.execute(_JUDGED, [k]).fetchall()
        as_of = _moment(connection, "fct_recommendation_evaluations")
    if not judged:
        raise BuildError(
            f"{marts} has no NDCG@{k}: nobody with a history bought anything in the last label "
            "window, or that depth is not among the node's settings."
        )
    estimates = {}
    for name, task, *estimate in judged:
        estimates.setdefault(name, {})[task] = evaluation.Estimate(*estimate)
    rows = [Row(name, by_task) for name, by_task in estimates.items()]
    if warehouse is None:
        print(_table(rows, k, with_seconds=False))
        return
    rows += _peers(warehouse, as_of, k)
    print(_table(rows, k, with_seconds=True))
    for peer in PEERS:
        if not peer.is_installed:
            print(f"| {peer.name} | not installed: make peers | | |")
    print(f"\nWhat was bought in the days from {as_of:%Y-%m-%d} on. Models of other packages:")
    for peer in PEERS:
        print(f"- {peer.name}: {peer.settings}")


def _peers(warehouse: Path, as_of: datetime, k: int) -> list[Row]:
    if not tables(warehouse, "ml"):
        raise BuildError(f"{warehouse} holds no models. Build first: make build")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if _moment(connection, "marts.fct_recommendation_evaluations") != as_of:
            raise BuildError(
                f"{warehouse} was built as of another moment than the marts. Give WAREHOUSE_PATH "
                "and MARTS_PATH of one build."
            )
        pairs, shown, labels = (
            connection.sql(query).to_arrow_table() for query in (_PAIRS, _SHOWN, _LABELS)
        )
    heldout, train = labels, pairs.filter(compute.greater(pairs["taste"], 0))
    customers = np.unique(heldout["customer_key"].to_numpy())
    settings = evaluation.Settings(depths=(k,))
    rows = []
    for peer in filter(lambda peer: peer.is_installed, PEERS):
        lists, seconds = lists_of(peer, pairs, shown, customers, k)
        lists = lists.append_column("model_version", pa.repeat(peer.name, len(lists)))
        lists = lists.append_column("as_of", pa.repeat(pa.scalar(as_of), len(lists)))
        judged = evaluation.evaluate([lists], heldout, train, settings).to_pylist()
        estimates = {
            row["task"]: evaluation.Estimate(*(row[name] for name in evaluation.Estimate._fields))
            for row in judged
            if row["metric"] == "ndcg" and row["segment"] == "all"
        }
        rows.append(Row(peer.name, estimates, seconds))
    return rows


def _moment(connection: duckdb.DuckDBPyConnection, evaluations: str) -> datetime:
    """Return the moment from which on purchases are held out."""
    found = connection.sql(f"select max(as_of) from {evaluations} where split = 'test'")
    return found.fetchall()[0][0]


def _table(rows: list[Row], k: int, *, with_seconds: bool) -> str:
    """Return a Markdown table, the best for all purchases first."""
    heads = [f"NDCG@{k}, 95 % intervals", "all purchases (`for_you`)", "new only (`discover`)"]
    lines = [heads + ["CPU s"] * with_seconds, ["---"] * (3 + with_seconds)]
    for row in sorted(rows, key=_place):
        cells = [_cell(row.estimates.get(task)) for task in evaluation.TASKS]
        seconds = "" if row.cpu_seconds is None else f"{row.cpu_seconds:.1f}"
        lines.append([row.name, *cells] + [seconds] * with_seconds)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _place(row: Row) -> tuple[float, str]:
    best = row.estimates.get("all_purchases")
    return (-best.value if best else 0, row.name)


def _cell(estimate: evaluation.Estimate | None) -> str:
    if estimate is None:
        return ""
    value, low, high, n = estimate
    return f"{value:.4f} ({low:.4f} to {high:.4f}), n = {n}"
