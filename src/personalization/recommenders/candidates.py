"""What a model puts forward for each customer, at every moment that is learned from or listed.

A model is fitted to the customers' tastes by a moment and scores products for them. Put forward are
the best of those that the customer never ordered. Scored beside them is whatever is asked about:
what other models put forward, so that it is compared by this one too.
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

SCHEMA = pa.schema(
    [
        ("purpose", pa.string()),
        ("customer_key", pa.int32()),
        ("product_key", pa.int32()),
        ("score", pa.float32()),
        ("is_put_forward", pa.bool_()),
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
    max_products : learned from are so many at most, those with the largest sums of tastes to
        weight_power.
    weight_power : a taste becomes a weight by this power; below 1, the hundredth purchase says less
        than the first.
    customer_power : then each customer's weights are divided by this power of their length; 0
        leaves those who buy much dominant, 1 makes all equal.
    model : the model's own settings. Where some are lists, every combination is a way to try.
    """

    count: int
    min_buyers: int
    max_products: int
    weight_power: float
    customer_power: float
    model: Mapping

    def ways(self) -> list["Plan"]:
        """Return one Plan for every combination of what the model's settings list."""
        values = [v if isinstance(v, list) else [v] for v in self.model.values()]
        return [
            replace(self, model=dict(zip(self.model, chosen, strict=True)))
            for chosen in itertools.product(*values)
        ]

    def version(self, algorithm: str) -> str:
        """Name an algorithm with these settings."""
        whole = json.dumps(asdict(self), sort_keys=True).encode()
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
    asked : bool csr: pairs to score in any case.
    shown : (products,) bool: may be listed.
    """

    customers: np.ndarray
    products: np.ndarray
    tastes: object
    ordered: object
    asked: object
    shown: np.ndarray


class Pairs(NamedTuple):
    """Scored pairs of one moment: rows and columns of its matrices, scores, and who is forward."""

    rows: np.ndarray
    columns: np.ndarray
    scores: np.ndarray
    is_put_forward: np.ndarray


NO_PAIRS = Pairs(*(np.empty(0, kind) for kind in (np.int64, np.int64, np.float32, bool)))


def put_forward(
    algorithm: str,
    fit: Callable[..., Scorer],
    plan: Plan,
    tastes: pa.Table,
    asked: pa.Table,
    shown: pa.Table,
) -> pa.Table:
    """Fit and score at every moment.

    fit : takes a csr matrix of weights and the model's settings by name.
    tastes : columns purpose, customer_key, product_key, taste (>= 0), was_ordered; distinct pairs.
    asked : columns purpose, customer_key, product_key: pairs to score in any case where the model
        knows customer and product.
    shown : columns purpose, product_key: products that may be listed.

    Returns SCHEMA. A score of 0 is no candidate.
    """
    version = plan.version(algorithm)
    parts = []
    for purpose in sorted(compute.unique(tastes["purpose"]).to_pylist()):
        liked, pairs, listed = (of_purpose(t, purpose) for t in (tastes, asked, shown))
        moment = moment_of(liked, pairs, listed, most_liked(liked, plan))
        parts.append(table_of(purpose, moment, score_moment(moment, fit, plan), version))
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


def of_purpose(table: pa.Table, purpose: str) -> pa.Table:
    """Return the rows of one moment."""
    return table.filter(compute.equal(table["purpose"], purpose)).combine_chunks()


def most_liked(tastes: pa.Table, plan: Plan) -> np.ndarray:
    """Return the keys of the products to learn from, ascending.

    They have min_buyers at least; of more than max_products those with the largest sums of tastes
    to weight_power, so that what is liked now comes before what was.
    """
    taste = tastes["taste"].to_numpy()
    liked = taste > 0
    keys, places = np.unique(tastes["product_key"].to_numpy()[liked], return_inverse=True)
    # Whole numbers add up to the same in any order.
    millionths = np.round(taste[liked].astype(np.float64) ** plan.weight_power * 1e6)
    sums = np.bincount(places, millionths, minlength=len(keys))
    found = np.flatnonzero(np.bincount(places, minlength=len(keys)) >= plan.min_buyers)
    return np.sort(keys[found[np.argsort(-sums[found], kind="stable")[: plan.max_products]]])


def moment_of(
    tastes: pa.Table,
    asked: pa.Table,
    shown: pa.Table,
    products: np.ndarray,
) -> Moment:
    """Lay out one moment's tables as matrices over these products, whose keys ascend."""
    from scipy import sparse

    taste = tastes["taste"].to_numpy()
    liked = taste > 0
    customers = np.unique(tastes["customer_key"].to_numpy()[liked])

    def places(table: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = places_of(customers, table["customer_key"].to_numpy())
        columns = places_of(products, table["product_key"].to_numpy())
        return rows, columns, (rows >= 0) & (columns >= 0)

    def matrix(rows, columns, values, kept):
        return sparse.csr_matrix(
            (values[kept], (rows[kept], columns[kept])), shape=(len(customers), len(products))
        )

    rows, columns, known = places(tastes)
    ordered = tastes["was_ordered"].to_numpy(zero_copy_only=False)
    asked_rows, asked_columns, kept = places(asked)
    return Moment(
        customers,
        products,
        matrix(rows, columns, taste.astype(np.float32), known & liked),
        matrix(rows, columns, ordered, known & ordered),
        matrix(asked_rows, asked_columns, np.ones(len(asked), bool), kept),
        np.isin(products, shown["product_key"].to_numpy()),
    )


def places_of(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the place of each wanted key among ascending keys, -1 where it is missing."""
    if not len(keys):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def score_moment(moment: Moment, fit: Callable, plan: Plan) -> Pairs:
    """Fit a model and score what it is asked about and the best that is new to each customer."""
    if not moment.tastes.nnz:
        return NO_PAIRS
    return score_with(fit(plan.weights(moment.tastes), **plan.model), moment, plan.count)


def score_with(model: Scorer, moment: Moment, count: int) -> Pairs:
    """Score what is asked about, and so many products that are new to each customer."""
    return Pairs(*map(np.concatenate, zip(NO_PAIRS, *_scored(model, moment, count), strict=True)))


def _scored(model: Scorer, moment: Moment, count: int) -> Iterator[Pairs]:
    for start in range(0, len(moment.customers), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(moment.customers)))
        scores = model.score_rows(rows)
        new = np.where(moment.shown, scores, -np.inf)
        new[moment.ordered[rows].nonzero()] = -np.inf
        best, values = top_columns(new, count)
        there = values > -np.inf
        is_best = np.zeros(scores.shape, dtype=bool)
        is_best[there.nonzero()[0], best[there]] = True
        told = is_best | moment.asked[rows].toarray()
        told &= np.isfinite(scores) & (scores != 0)
        places, columns = told.nonzero()
        yield Pairs(rows[places], columns, scores[places, columns], is_best[places, columns])


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


def table_of(purpose: str, moment: Moment, pairs: Pairs, version: str) -> pa.Table:
    """Name the customers and products of scored pairs; SCHEMA."""
    order = np.lexsort((pairs.columns, pairs.rows))
    return pa.table(
        {
            "purpose": pa.repeat(purpose, len(order)),
            "customer_key": moment.customers[pairs.rows[order]],
            "product_key": moment.products[pairs.columns[order]],
            "score": pairs.scores[order],
            "is_put_forward": pairs.is_put_forward[order],
            "model_version": pa.repeat(version, len(order)),
        }
    ).cast(SCHEMA)
