"""How well ranked lists meet what customers went on to buy.

The measures are defined in ``personalization.recommenders.metrics``, their intervals in
``personalization.recommenders.bootstrap``. A customer with something to find and without a list
scores 0 (auc: 1/2). Segments: `all` are the customers with history before the cut-off, `warm` and
`hot` those with fewer than hot_from products in it and the others, `cold` those without history,
scored apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders import metrics
from personalization.recommenders.bootstrap import Resamples
from personalization.recommenders.lists import Pairs, is_in, lay_out

TASKS = {"all_purchases": "for_you", "new_only": "discover"}

SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("as_of", pa.timestamp("us")),
        ("split", pa.string()),
        ("task", pa.string()),
        ("segment", pa.string()),
        ("k", pa.int32()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("n", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Settings:
    """Settings of the evaluation; an unknown key is a TypeError.

    depths : ranks that count, each judged by itself. hot_from : distinct products bought before the
    cut-off that make a customer hot. resamples, seed : of the bootstrap.
    """

    depths: tuple[int, ...] = (5, 10, 20)
    hot_from: int = 10
    resamples: int = 1000
    seed: int = 7


class Estimate(NamedTuple):
    """A value with its 95 % interval (nan where it has none) and the number it rests on."""

    value: float
    ci_low: float
    ci_high: float
    n: int


class Window:
    """What is to be found at one cut-off for one task, and by whom: the same for all models."""

    def __init__(self, heldout: Pairs, train: Pairs, settings: Settings, *, new_only: bool) -> None:
        """Take up the distinct pairs bought after the cut-off and before it.

        Codes should be dense from 0: memory goes by the largest. new_only : what a customer had
        bought is neither to be found nor a candidate.
        """
        self.settings = settings
        both = np.concatenate([heldout.products, train.products])
        self.product_count = 1 + both.max(initial=-1)
        # Sorted by the customer first, so that looking up the lists in order stays in the cache.
        had = np.sort(train.keys(self.product_count))
        wanted = np.sort(heldout.keys(self.product_count))
        if new_only:
            wanted = wanted[~is_in(wanted, had)]
        self.users, wanted_rows = np.unique(wanted // self.product_count, return_inverse=True)
        self.wanted = wanted_rows * self.product_count + wanted % self.product_count
        self.wanted_counts = np.bincount(wanted_rows, minlength=len(self.users))

        size = 1 + max(heldout.customers.max(initial=-1), train.customers.max(initial=-1))
        self.row_of = np.full(size, -1)
        self.row_of[self.users] = np.arange(len(self.users))
        bought_counts = np.bincount(train.customers, minlength=size)
        self.buyer_count = np.count_nonzero(bought_counts)
        self.buyers = np.bincount(train.products, minlength=self.product_count)
        by_popularity = np.argsort(-self.buyers, kind="stable")
        self.by_popularity = by_popularity[self.buyers[by_popularity] > 0]
        self.is_candidate = np.bincount(both, minlength=self.product_count) > 0
        history = bought_counts[self.users]
        self.others = np.count_nonzero(self.is_candidate) - self.wanted_counts
        self.had = None
        if new_only:
            self.others = self.others - history
            rows = self.row_of[had // self.product_count]
            self.had = (rows * self.product_count + had % self.product_count)[rows >= 0]
        of_segment = {
            "all": history > 0,
            "hot": history >= max(1, settings.hot_from),
            "warm": (history > 0) & (history < settings.hot_from),
            "cold": history == 0,
        }
        self.segments = {
            name: (
                np.flatnonzero(members),
                Resamples(members.sum(), count=settings.resamples, seed=settings.seed),
            )
            for name, members in of_segment.items()
            if members.any()
        }

    def score(self, lists: Pairs, ranks: np.ndarray) -> dict[tuple[str, int], dict[str, Estimate]]:
        """Score one model's lists.

        lists : one row per product shown; products of no pair known have codes above all known,
        customers of none are left out. ranks : (n,) int array beside it, 1 is shown first; a gap
        closes.

        Returns an Estimate per metric for each segment with anything to find and each depth.

        Raises ValueError for a rank below 1 or given twice, or a product shown twice.
        """
        ks = list(self.settings.depths)
        shown = lay_out(lists, ranks, self.row_of, len(self.users), max(ks))
        is_known = (shown >= 0) & (shown < self.product_count)
        known = np.where(is_known, shown, 0)
        keys = np.arange(len(shown))[:, None] * self.product_count + known
        hits = is_known & is_in(keys, self.wanted)
        misses = is_known & ~hits & self.is_candidate[known]
        if self.had is not None:
            misses &= ~is_in(keys, self.had)
        values = metrics.per_customer(hits, misses, self.wanted_counts, self.others, ks)
        scores = {}
        for segment, (members, resamples) in self.segments.items():
            mine = values[:, :, members].reshape(-1, len(members))
            bounds = resamples.intervals(mine).reshape(len(values), len(ks), 2)
            means = mine.mean(axis=1).reshape(len(values), len(ks))
            for at, k in enumerate(ks):
                rows = shown[members, :k]
                together = metrics.of_all_lists(
                    rows, self.buyers, self.by_popularity, self.buyer_count, k
                )
                scores[segment, k] = {
                    metric: Estimate(float(mean[at]), *map(float, ends[at]), len(members))
                    for metric, mean, ends in zip(metrics.PER_CUSTOMER, means, bounds, strict=True)
                } | {
                    metric: Estimate(value, np.nan, np.nan, int((rows >= 0).sum()))
                    for metric, value in together.items()
                }
        return scores


def score_lists(
    lists: Pairs, ranks: np.ndarray, heldout: Pairs, train: Pairs, *, k: int, new_only: bool
) -> dict[str, Estimate]:
    """Score one model's lists at one depth, over all customers with history.

    Arguments and errors are those of Window and its score. Returns an Estimate per metric; empty if
    no customer with history has anything to find.
    """
    window = Window(heldout, train, Settings(depths=(k,)), new_only=new_only)
    return window.score(lists, ranks).get(("all", k), {})


def evaluate(
    lists: Iterable[pa.Table], heldout: pa.Table, train: pa.Table, settings: Settings
) -> pa.Table:
    """Score the lists of every model at one past moment, at several depths, for both tasks.

    lists : a table per model, taken one at a time: columns model_name, model_version, as_of,
    customer, list_name, rank, product. heldout, train : columns customer, product, distinct pairs.
    The customer's column is customer_key or customer_id, the product's likewise; of integers or
    text, the same in all tables.

    Returns SCHEMA; empty if there are no lists or nothing to find.
    """
    customers, products = (
        _distinct(heldout[_named(heldout, what)], train[_named(train, what)])
        for what in ("customer", "product")
    )
    found, before = (_pairs(table, customers, products) for table in (heldout, train))
    windows = {task: Window(found, before, settings, new_only=task == "new_only") for task in TASKS}
    rows = []
    for table in filter(len, lists):
        labels = [compute.min(table[c]).as_py() for c in ("model_name", "model_version", "as_of")]
        for task, window in windows.items():
            mine = table.filter(compute.equal(table["list_name"], TASKS[task]))
            pairs = _pairs(mine, customers, products)
            scores = window.score(pairs, mine["rank"].to_numpy().astype(np.int64))
            rows += [
                (*labels, "test", task, segment, k, metric, *estimate)
                for (segment, k), measured in scores.items()
                for metric, estimate in measured.items()
            ]
    columns = list(zip(*rows, strict=True)) or [[] for _ in SCHEMA]
    return pa.table(
        [pa.array(c, type=f.type, from_pandas=True) for c, f in zip(columns, SCHEMA, strict=True)],
        schema=SCHEMA,
    )


def _named(table: pa.Table, what: str) -> str:
    """Say whether a table names its customers or products by key or by id."""
    return f"{what}_key" if f"{what}_key" in table.column_names else f"{what}_id"


def _distinct(*columns: pa.ChunkedArray) -> pa.Array:
    """Put the distinct ids of all columns in order."""
    chunks = [chunk for column in columns for chunk in column.chunks]
    ids = compute.unique(pa.chunked_array(chunks, type=columns[0].type))
    return ids.take(compute.sort_indices(ids))


def _pairs(table: pa.Table, customers: pa.Array, products: pa.Array) -> Pairs:
    """Number a table's pairs by the ids; others get -1 as customers, numbers above as products."""
    codes = []
    for what, ids in (("customer", customers), ("product", products)):
        column = table[_named(table, what)].cast(ids.type).combine_chunks()
        code = compute.index_in(column, value_set=ids)
        codes.append(code.fill_null(-1).to_numpy().astype(np.int64))
    is_new = codes[1] < 0
    if is_new.any():
        others = column.filter(pa.array(is_new)).dictionary_encode().indices.to_numpy()
        codes[1][is_new] = len(products) + others
    return Pairs(*codes)
