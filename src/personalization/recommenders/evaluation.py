"""How well ranked lists meet what customers went on to buy.

Definitions, for the users U with history before the cut-off and something to find after it; T_u is
the set of products to find, rel(r) is 1 where rank r holds one of them:

- precision = sum rel / k; recall = sum rel / |T_u|; hit_rate = any rel; mrr = 1 / first hit's rank
- ndcg = (sum rel(r) / log2(r + 1)) / (the same sum for min(k, |T_u|) hits in front)
  (Jarvelin & Kekalainen 2002, with binary gains)
- map = sum over hits of (hits up to r) / r, divided by min(k, |T_u|)
- each is a mean over U; a user without a list scores 0. Intervals are mean +- 1.96 standard errors
  within [0, 1].
- coverage = distinct products shown / products ever bought before the cut-off
- novelty = mean over shown rows of -log2(share of customers who had bought the product before)
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from personalization.recommenders.encoding import encode

TASKS = {"all_purchases": "for_you", "new_only": "discover"}

# Two-sided 95 % quantile of the normal distribution.
NORMAL_95 = 1.96

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


class Pairs(NamedTuple):
    """Customer-product pairs as two int64 code arrays of one length."""

    customers: np.ndarray
    products: np.ndarray

    def keys(self, product_count: int) -> np.ndarray:
        """One integer per pair."""
        return self.customers * product_count + self.products


class Estimate(NamedTuple):
    """A value with its 95 % interval (nan where it has none) and the number it rests on."""

    value: float
    ci_low: float
    ci_high: float
    n: int


def score_lists(
    lists: Pairs, ranks: np.ndarray, heldout: Pairs, train: Pairs, *, k: int, new_only: bool
) -> dict[str, Estimate]:
    """Score one model's lists.

    lists : one row per product shown; ranks : (n,) int array beside it, 1 is shown first.
    heldout : distinct pairs bought after the cut-off. train : distinct pairs bought before it.
    k : ranks that count. new_only : leave out held-out pairs that are in train.

    Returns an Estimate per metric; empty if no customer with history has anything to find.

    Raises ValueError for a rank below 1 or a pair shown twice.
    """
    if len(ranks) and ranks.min() < 1:
        raise ValueError("ranks start at 1")
    product_count = 1 + max(
        (int(p.products.max()) for p in (lists, heldout, train) if len(p[1])), default=0
    )
    train_keys, shown_keys = train.keys(product_count), lists.keys(product_count)
    # np.unique would hash, and at millions of keys a hash table takes a hundred times a sort.
    in_order = np.sort(shown_keys)
    if (in_order[1:] == in_order[:-1]).any():
        raise ValueError("a list shows one product twice")
    to_find = np.isin(heldout.customers, train.customers)
    if new_only:
        to_find &= ~np.isin(heldout.keys(product_count), train_keys)
    users, wanted_counts = np.unique(heldout.customers[to_find], return_counts=True)
    if not len(users):
        return {}
    kept = (ranks <= k) & np.isin(lists.customers, users)
    hits = np.zeros((len(users), k))
    is_hit = np.isin(shown_keys, heldout.keys(product_count)[to_find]) & kept
    hits[np.searchsorted(users, lists.customers[is_hit]), ranks[is_hit] - 1] = 1
    per_user = _per_user(hits, wanted_counts)
    shown = lists.products[kept]
    buyers = np.bincount(train.products, minlength=product_count)
    # Sorted, since a sum of floats depends on the order of its terms.
    share = np.sort(np.maximum(1, buyers[shown])) / np.count_nonzero(np.bincount(train.customers))
    known = shown[buyers[shown] > 0]
    return {
        **{metric: _mean(values) for metric, values in per_user.items()},
        "coverage": Estimate(
            np.count_nonzero(np.bincount(known)) / max(1, np.count_nonzero(buyers)),
            np.nan,
            np.nan,
            len(shown),
        ),
        "novelty": Estimate(
            float(-np.log2(share).mean()) if len(shown) else 0.0, np.nan, np.nan, len(shown)
        ),
    }


def popular_lists(train: Pairs, k: int, *, new_only: bool) -> tuple[Pairs, np.ndarray]:
    """List the k products with the most buyers for every customer of train: the naive baseline.

    train : distinct pairs. new_only : leave out what the customer bought.

    Returns the pairs shown and their ranks. Needs (customers) x (k + most bought by one) bytes.
    """
    by_buyers = np.argsort(-np.bincount(train.products), kind="stable")
    customers, rows, bought = np.unique(train.customers, return_inverse=True, return_counts=True)
    offered = by_buyers[: k + (int(bought.max()) if new_only else 0)]
    is_allowed = np.ones((len(customers), len(offered)), dtype=bool)
    if new_only:
        place = np.full(len(by_buyers), len(offered))
        place[offered] = np.arange(len(offered))
        is_offered = place[train.products] < len(offered)
        is_allowed[rows[is_offered], place[train.products[is_offered]]] = False
    ranks = np.cumsum(is_allowed, axis=1)
    row, column = np.nonzero(is_allowed & (ranks <= k))
    return Pairs(customers[row], offered[column]), ranks[row, column]


def _per_user(hits: np.ndarray, wanted_counts: np.ndarray) -> dict[str, np.ndarray]:
    k = hits.shape[1]
    places = np.arange(1, k + 1)
    discount = 1.0 / np.log2(places + 1)
    reachable = np.minimum(wanted_counts, k)
    ideal = np.cumsum(discount)[reachable - 1]
    found = hits.sum(axis=1)
    first = np.where(found > 0, hits.argmax(axis=1) + 1, np.inf)
    return {
        "ndcg": hits @ discount / ideal,
        "map": (hits * np.cumsum(hits, axis=1) / places).sum(axis=1) / reachable,
        "precision": found / k,
        "recall": found / wanted_counts,
        "hit_rate": (found > 0).astype(float),
        "mrr": 1.0 / first,
    }


def _mean(values: np.ndarray) -> Estimate:
    mean = float(values.mean())
    if len(values) < 2:
        return Estimate(mean, np.nan, np.nan, len(values))
    margin = NORMAL_95 * float(values.std(ddof=1)) / len(values) ** 0.5
    return Estimate(mean, max(0.0, mean - margin), min(1.0, mean + margin), len(values))


def evaluate(lists: pa.Table, heldout: pa.Table, train: pa.Table, ks: list[int]) -> pa.Table:
    """Score the lists of every model at one past moment, at several depths, for both tasks.

    lists : columns model_name, model_version, as_of, customer_id, list_name, rank, product_id.
    heldout, train : columns customer_id, product_id, distinct pairs.

    Returns SCHEMA; empty if there are no lists or nothing to find.
    """
    tables = (lists, heldout, train)
    _, customer_of = encode(*(table["customer_id"] for table in tables))
    _, product_of = encode(*(table["product_id"] for table in tables))
    shown, found, before = (
        Pairs(customers, products)
        for customers, products in zip(customer_of, product_of, strict=True)
    )
    ranks = lists["rank"].to_numpy().astype(np.int64)
    names, list_names = (
        np.array(lists[c].to_pylist(), dtype=object) for c in ("model_name", "list_name")
    )
    rows = []
    for name in sorted(set(names)):
        version = lists["model_version"][int(np.argmax(names == name))].as_py()
        for task, list_name in TASKS.items():
            mine = (names == name) & (list_names == list_name)
            model_lists = Pairs(shown.customers[mine], shown.products[mine])
            for k in ks:
                scores = score_lists(
                    model_lists, ranks[mine], found, before, k=k, new_only=task == "new_only"
                )
                rows += [
                    (
                        name,
                        version,
                        lists["as_of"][0].as_py(),
                        "test",
                        task,
                        "all",
                        k,
                        metric,
                        *estimate,
                    )
                    for metric, estimate in scores.items()
                ]
    columns = list(zip(*rows, strict=True)) or [[] for _ in SCHEMA]
    return pa.table(
        [pa.array(c, type=f.type, from_pandas=True) for c, f in zip(columns, SCHEMA, strict=True)],
        schema=SCHEMA,
    )
