"""Ranked lists as arrays: who is shown what, at which place."""

from typing import NamedTuple

import numpy as np


class Pairs(NamedTuple):
    """Customer-product pairs as two int64 code arrays of one length."""

    customers: np.ndarray
    products: np.ndarray

    def keys(self, product_count: int) -> np.ndarray:
        """One integer per pair."""
        return self.customers * product_count + self.products


def is_in(keys: np.ndarray, in_order: np.ndarray) -> np.ndarray:
    """Say which keys are among sorted ones."""
    if not len(in_order):
        return np.zeros(keys.shape, dtype=bool)
    places = np.searchsorted(in_order, keys)
    return in_order[np.minimum(places, len(in_order) - 1)] == keys


def lay_out(
    lists: Pairs, ranks: np.ndarray, row_of: np.ndarray, row_count: int, depth: int
) -> np.ndarray:
    """Lay lists out side by side, one customer a row.

    lists : one row per product shown. ranks : (n,) int array beside it, 1 is shown first; a gap
    closes. row_of : row of each customer code, -1 where it has none; codes outside have none.

    Returns (row_count, depth) product codes in the order of the ranks, -1 where a list ends.

    Raises ValueError for a rank below 1 or given twice, or a product shown twice.
    """
    if ranks.min(initial=1) < 1:
        raise ValueError("ranks start at 1")
    rows = np.full(len(ranks), -1)
    is_known = (lists.customers >= 0) & (lists.customers < len(row_of))
    rows[is_known] = row_of[lists.customers[is_known]]
    kept = rows >= 0
    rows, products, ranks = rows[kept], lists.products[kept], ranks[kept]
    by_rank = rows * (1 + ranks.max(initial=0)) + ranks
    order = np.argsort(by_rank)
    for keys, what in (
        (np.sort(Pairs(rows, products).keys(1 + products.max(initial=0))), "product"),
        (by_rank[order], "rank"),
    ):
        # np.unique would hash, and at millions of keys a hash table takes a hundred times a sort.
        if (keys[1:] == keys[:-1]).any():
            raise ValueError(f"a list shows one {what} twice")
    rows, products = rows[order], products[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, np.arange(row_count))[rows]
    is_shown = places < depth
    shown = np.full((row_count, depth), -1)
    shown[rows[is_shown], places[is_shown]] = products[is_shown]
    return shown


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
