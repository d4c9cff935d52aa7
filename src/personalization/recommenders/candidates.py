"""What a model puts forward for each customer, at every moment that is learned from or listed.

A model is fitted to the customers' tastes by a moment and scores products for them. Put forward are
the products of the customer's own history that may be listed and, beside them, the best of those
that the customer never ordered.
"""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders.metrics_of_lists import ndcg

SCHEMA = pa.schema(
    [
        ("purpose", pa.string()),
        ("customer_key", pa.int32()),
        ("product_key", pa.int32()),
        ("score", pa.float32()),
        ("model_version", pa.string()),
    ]
)

# Customers scored at a time, and products whose maximum is looked at first.
_ROWS = 256
_BLOCK = 64


class Scorer(Protocol):
    """A fitted model."""

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return (rows, products) float32 scores, all finite; 0 says nothing."""
        ...


@dataclass(frozen=True)
class Plan:
    """Settings of a node; an unknown key is a TypeError.

    count : products never ordered, per customer.
    min_buyers : products that fewer customers have a taste for are left out.
    weight_power : a taste becomes a weight by this power; below 1, the hundredth purchase says less
        than the first.
    customer_power : then each customer's weights are divided by this power of their length; 0
        leaves those who buy much dominant, 1 makes all equal.
    model : the model's own settings. Where some are lists, every combination is tried on the
        validation.
    """

    count: int
    min_buyers: int
    weight_power: float
    customer_power: float
    model: Mapping

    def combinations(self) -> list[dict]:
        """Return the model's settings, one dictionary for each way to choose from the lists."""
        values = [v if isinstance(v, list) else [v] for v in self.model.values()]
        return [dict(zip(self.model, chosen, strict=True)) for chosen in itertools.product(*values)]

    def version(self, algorithm: str, chosen: Mapping) -> str:
        """Name an algorithm with these settings."""
        whole = json.dumps(asdict(replace(self, model=dict(chosen))), sort_keys=True).encode()
        return f"{algorithm}-{hashlib.sha256(whole).hexdigest()[:8]}"

    def weights(self, tastes):
        """Return a csr of tastes as a csr of weights to learn from, float32."""
        weights = tastes.astype(np.float64)
        weights.data **= self.weight_power
        lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
        factors = np.where(lengths > 0, lengths, 1) ** -self.customer_power
        weights.data *= np.repeat(factors, np.diff(weights.indptr))
        return weights.astype(np.float32)


class Moment(NamedTuple):
    """What is known at one moment, by integers.

    customers, products : keys of the rows and columns of the matrices, ascending.
    tastes : (customers, products) csr float32, > 0 where there is a taste.
    ordered : bool csr of the same shape: ordered before, so no discovery.
    history : bool csr: pairs of the customer's own history that may be listed.
    shown : (products,) bool: may be listed.
    """

    customers: np.ndarray
    products: np.ndarray
    tastes: object
    ordered: object
    history: object
    shown: np.ndarray


class Pairs(NamedTuple):
    """Scored pairs of one moment: rows and columns of its matrices, and scores."""

    rows: np.ndarray
    columns: np.ndarray
    scores: np.ndarray


NO_PAIRS = Pairs(*(np.empty(0, kind) for kind in (np.int64, np.int64, np.float32)))


def put_forward(
    algorithm: str,
    fit: Callable[..., Scorer],
    plan: Plan,
    tastes: pa.Table,
    history: pa.Table,
    shown: pa.Table,
    labels: pa.Table,
) -> pa.Table:
    """Fit and score at every moment, with the settings that discover best on the validation.

    fit : takes a csr matrix of weights and the model's settings by name.
    tastes : columns purpose, customer_key, product_key, taste (>= 0), was_ordered; distinct pairs.
    history : columns purpose, customer_key, product_key: pairs to score in any case where the
        model knows customer and product.
    shown : columns purpose, product_key: products that may be listed.
    labels : columns purpose, customer_key, product_key: what was bought after a past moment.

    Returns SCHEMA. A score of 0 is no candidate.
    """
    purposes = sorted(compute.unique(tastes["purpose"]).to_pylist())
    moments = {
        purpose: moment_of(
            *(of_purpose(t, purpose) for t in (tastes, history, shown)), plan.min_buyers
        )
        for purpose in purposes
    }
    ways = plan.combinations()
    if len(ways) > 1 and "validation" in moments:
        wanted = of_purpose(labels, "validation")
        ways.sort(key=lambda way: -discovers(moments["validation"], fit, plan, way, wanted))
    version = plan.version(algorithm, ways[0])
    parts = [
        table_of(purpose, moment, score_moment(moment, fit, plan, ways[0]), version)
        for purpose, moment in moments.items()
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


def of_purpose(table: pa.Table, purpose: str) -> pa.Table:
    """Return the rows of one moment."""
    return table.filter(compute.equal(table["purpose"], purpose)).combine_chunks()


def moment_of(
    tastes: pa.Table,
    history: pa.Table,
    shown: pa.Table,
    min_buyers: int,
    products: np.ndarray | None = None,
) -> Moment:
    """Lay out one moment's tables as matrices over these products, or all with enough buyers."""
    from scipy import sparse

    customer_keys, product_keys = (tastes[c].to_numpy() for c in ("customer_key", "product_key"))
    taste = tastes["taste"].to_numpy()
    liked = taste > 0
    if products is None:
        keys, buyers = np.unique(product_keys[liked], return_counts=True)
        products = keys[buyers >= min_buyers]
    customers = np.unique(customer_keys[liked])

    def matrix(customer_keys, product_keys, values):
        rows, columns = places_of(customers, customer_keys), places_of(products, product_keys)
        known = (rows >= 0) & (columns >= 0)
        return sparse.csr_matrix(
            (values[known], (rows[known], columns[known])), shape=(len(customers), len(products))
        )

    ordered = tastes["was_ordered"].to_numpy(zero_copy_only=False)
    own = [history[c].to_numpy() for c in ("customer_key", "product_key")]
    return Moment(
        customers,
        products,
        matrix(customer_keys[liked], product_keys[liked], taste[liked].astype(np.float32)),
        matrix(customer_keys[ordered], product_keys[ordered], np.ones(ordered.sum(), bool)),
        matrix(*own, np.ones(len(own[0]), bool)),
        np.isin(products, shown["product_key"].to_numpy()),
    )


def places_of(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the place of each wanted key among ascending keys, -1 where it is missing."""
    if not len(keys):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def score_moment(moment: Moment, fit: Callable, plan: Plan, way: Mapping) -> Pairs:
    """Fit a model and score each customer's own history and the best that is new to them."""
    if not moment.tastes.nnz:
        return NO_PAIRS
    return score_with(fit(plan.weights(moment.tastes), **way), moment, plan.count)


def score_with(model: Scorer, moment: Moment, count: int) -> Pairs:
    """Score each customer's own history and so many products that are new to them."""
    return Pairs(*map(np.concatenate, zip(NO_PAIRS, *_scored(model, moment, count), strict=True)))


def _scored(model: Scorer, moment: Moment, count: int) -> Iterator[Pairs]:
    for start in range(0, len(moment.customers), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(moment.customers)))
        scores = model.score_rows(rows)
        own, columns = moment.history[rows].nonzero()
        yield _pairs(rows[own], columns, scores[own, columns])
        scores[:, ~moment.shown] = -np.inf
        scores[moment.ordered[rows].nonzero()] = -np.inf
        scores[own, columns] = -np.inf
        best, values = top_columns(scores, count)
        yield _pairs(np.repeat(rows, best.shape[1]), best.ravel(), values.ravel())


def _pairs(rows: np.ndarray, columns: np.ndarray, scores: np.ndarray) -> Pairs:
    kept = np.isfinite(scores) & (scores != 0)
    return Pairs(rows[kept], columns[kept], scores[kept])


def top_columns(scores: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of each row's highest scores, ascending, and these scores.

    Among equal scores the first columns are taken, so that nothing depends on how numpy sorts.
    Looks at the maxima of blocks first: the best `count` columns lie in the `count` blocks with
    the highest maxima. Both are (rows, at most count); where the score is -inf, the column is void.
    """
    rows, width = scores.shape
    blocks = -(-width // _BLOCK)
    columns, values = np.broadcast_to(np.arange(width), scores.shape), scores
    if blocks > count:
        padded = np.full((rows, blocks * _BLOCK), -np.inf, dtype=scores.dtype)
        padded[:, :width] = scores
        chosen = _highest(padded.reshape(rows, blocks, _BLOCK).max(axis=2), count)
        columns = (chosen[:, :, None] * _BLOCK + np.arange(_BLOCK)).reshape(rows, -1)
        values = np.take_along_axis(padded, columns, axis=1)
    if values.shape[1] <= count:
        return columns, values
    best = _highest(values, count)
    return np.take_along_axis(columns, best, axis=1), np.take_along_axis(values, best, axis=1)


def _highest(values: np.ndarray, count: int) -> np.ndarray:
    """Return the places of each row's highest values, ascending; the first among equals."""
    least = np.partition(values, -count, axis=1)[:, -count, None]
    kept = values >= least
    # Few rows have more that equal the least one than there is room for.
    rows = np.flatnonzero(kept.sum(axis=1) > count)
    is_tied = values[rows] == least[rows]
    room = count - (values[rows] > least[rows]).sum(axis=1, keepdims=True)
    kept[rows] &= ~is_tied | (np.cumsum(is_tied, axis=1) <= room)
    return kept.nonzero()[1].reshape(len(values), count)


def discovers(moment: Moment, fit: Callable, plan: Plan, way: Mapping, labels: pa.Table) -> float:
    """NDCG at 10 over products that the customer had never ordered.

    labels : columns customer_key, product_key: what was bought after the moment.
    """
    width = len(moment.products)
    rows = places_of(moment.customers, labels["customer_key"].to_numpy())
    columns = places_of(moment.products, labels["product_key"].to_numpy())
    ordered_rows, ordered_columns = moment.ordered.nonzero()
    ordered = ordered_rows.astype(np.int64) * width + ordered_columns
    wanted = (rows * width + columns)[(rows >= 0) & (columns >= 0)]
    wanted = wanted[places_of(ordered, wanted) < 0]
    pairs = score_moment(moment, fit, plan, way)
    listed = pairs.rows * width + pairs.columns
    is_new = places_of(ordered, listed) < 0
    return ndcg(
        pairs.rows[is_new],
        pairs.scores[is_new],
        np.isin(listed[is_new], wanted),
        np.bincount(wanted // max(1, width), minlength=len(moment.customers)),
    )


def table_of(purpose: str, moment: Moment, pairs: Pairs, version: str) -> pa.Table:
    """Name the customers and products of scored pairs; SCHEMA."""
    order = np.lexsort((pairs.columns, pairs.rows))
    return pa.table(
        {
            "purpose": pa.repeat(purpose, len(order)),
            "customer_key": moment.customers[pairs.rows[order]],
            "product_key": moment.products[pairs.columns[order]],
            "score": pairs.scores[order],
            "model_version": pa.repeat(version, len(order)),
        }
    ).cast(SCHEMA)
