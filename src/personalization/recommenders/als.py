"""Collaborative filtering: products for each customer, learned from who bought what."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders.encoding import encode
from personalization.recommenders.topk import Ranked, merged, split_top_products

LISTS = ("for_you", "discover")

SCHEMA = pa.schema(
    [
        ("purpose", pa.string()),
        ("as_of", pa.timestamp("us")),
        ("customer_id", pa.string()),
        ("list_name", pa.string()),
        ("rank", pa.int32()),
        ("product_id", pa.string()),
        ("score", pa.float64()),
        ("model_version", pa.string()),
    ]
)


@dataclass(frozen=True)
class Settings:
    """Settings of the matrix factorisation; an unknown key is a TypeError.

    factors : length of the taste vectors.
    regularization : penalty on their length, as a share of the average customer's confidence, so
        that one setting serves a shop of fifty customers and one of millions.
    alpha : confidence added per unit of log(1 + decayed purchases).
    iterations : sweeps over customers and products.
    list_length : products per customer and list.
    seed : of the random start.
    """

    factors: int
    regularization: float
    alpha: float
    iterations: int
    list_length: int
    seed: int

    @property
    def version(self) -> str:
        """Name of this algorithm with these settings."""
        settings = json.dumps(asdict(self), sort_keys=True).encode()
        return f"als-{hashlib.sha256(settings).hexdigest()[:8]}"


class Factors(NamedTuple):
    """Taste vectors: float32 arrays (customers, factors) and (products, factors)."""

    customers: np.ndarray
    products: np.ndarray


def recommend(purchases: pa.Table, candidates: pa.Table, settings: Settings) -> pa.Table:
    """Rank the candidate products for every customer who bought something.

    purchases : columns purpose, as_of, customer_id, product_id, decayed_purchase_count (> 0), one
        row per combination of the ids, in any order.
    candidates : columns purpose, product_id: what may be shown.

    Returns SCHEMA, at most list_length rows per purpose, customer and list: for_you ranks every
    candidate, discover only those the customer has no purchase of. Empty where there is nothing
    to learn from.
    """
    parts = [
        _recommend_purpose(purpose, _of(purchases, purpose), _of(candidates, purpose), settings)
        for purpose in sorted(set(purchases["purpose"].to_pylist()))
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


def _of(table: pa.Table, purpose: str) -> pa.Table:
    return table.filter(compute.equal(table["purpose"], purpose))


def _recommend_purpose(
    purpose: str, purchases: pa.Table, candidates: pa.Table, settings: Settings
) -> pa.Table:
    from scipy import sparse

    customers, (rows,) = encode(purchases["customer_id"])
    products, (columns,) = encode(purchases["product_id"])
    # scipy sorts the indices of each row, so the order of the rows given reaches no sum.
    weights = np.log1p(purchases["decayed_purchase_count"].to_numpy())
    matrix = sparse.csr_matrix(
        (weights.astype(np.float32), (rows, columns)), shape=(len(customers), len(products))
    )
    is_shown = compute.is_in(products, value_set=candidates["product_id"].combine_chunks())
    shown = np.flatnonzero(is_shown.to_numpy(zero_copy_only=False))
    ranked = rank_products(matrix, shown, settings)
    return pa.concat_tables(
        [
            _list_table(purpose, purchases["as_of"][0], name, customers, products, top, settings)
            for name, top in zip(LISTS, ranked, strict=True)
        ]
    )


def rank_products(matrix, shown: np.ndarray, settings: Settings) -> tuple[Ranked, Ranked]:
    """Factorise and rank, with and without repeats.

    matrix : (customers, products) csr float32, > 0 where a customer bought a product.
    shown : index array of the products that may be ranked.

    Returns the top products of every customer among those shown, and among those shown that the
    customer did not buy; index -1 where a customer has fewer.
    """
    factors = factorise(matrix, settings)
    length = min(settings.list_length, len(shown))
    bought, others = split_top_products(
        factors.customers, factors.products[shown], length, matrix[:, shown].tocsr()
    )
    return tuple(
        Ranked(np.where(top.products >= 0, shown[top.products], -1), top.scores)
        for top in (merged(bought, others), others)
    )


def factorise(matrix, settings: Settings) -> Factors:
    """Learn taste vectors (Hu, Koren & Volinsky 2008, by ``implicit``).

    matrix : (customers, products) csr float32, > 0 where a customer bought a product.

    Returns vectors whose inner products say how likely a purchase is; zeros where nobody bought
    anything. The same bits whatever the number of threads.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    if not matrix.nnz:
        return Factors(*(np.zeros((n, settings.factors), np.float32) for n in matrix.shape))
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=settings.factors,
            regularization=penalty(matrix, settings),
            alpha=settings.alpha,
            iterations=settings.iterations,
            random_state=settings.seed,
        )
        model.fit(matrix, show_progress=False)
    return Factors(model.user_factors, model.item_factors)


def penalty(matrix, settings: Settings) -> float:
    """Return the penalty on the length of the vectors learned from a matrix."""
    return settings.regularization * float(matrix.sum(axis=1).mean())


def fold_in(matrix, products: np.ndarray, penalty: float, settings: Settings) -> np.ndarray:
    """Solve for the vectors of customers who were not learned from, those of products given.

    matrix : (customers, products) csr float32, as for `factorise`.
    products : (products, factors) float32, learned. penalty : that of the matrix learned from.

    Returns (customers, factors) float32; zeros for whoever bought nothing.
    """
    from implicit.cpu.als import _als
    from threadpoolctl import threadpool_limits

    vectors = np.zeros((matrix.shape[0], products.shape[1]), dtype=np.float32)
    with threadpool_limits(limits=1, user_api="blas"):
        _als.least_squares(matrix * np.float32(settings.alpha), vectors, products, penalty)
    return vectors


def _list_table(purpose, as_of, name, customers, products, top: Ranked, settings) -> pa.Table:
    found = top.products >= 0
    row, place = np.nonzero(found)
    return pa.table(
        {
            "purpose": pa.repeat(purpose, len(row)),
            "as_of": pa.repeat(as_of, len(row)),
            "customer_id": customers.take(row),
            "list_name": pa.repeat(name, len(row)),
            "rank": place + 1,
            "product_id": products.take(top.products[found]),
            "score": top.scores[found],
            "model_version": pa.repeat(settings.version, len(row)),
        }
    ).cast(SCHEMA)
