"""Collaborative filtering: products for each customer, learned from who bought what."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization.recommenders.encoding import encode

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


class Ranked(NamedTuple):
    """Top products of each customer: index arrays and scores, each (customers, at most k)."""

    products: np.ndarray
    scores: np.ndarray


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
    """Factorise (Hu, Koren & Volinsky 2008, by ``implicit``) and rank, with and without repeats.

    matrix : (customers, products) sparse float32, > 0 where a customer bought a product.
    shown : index array of the products that may be ranked.

    Returns the top products of every customer among those shown, and among those shown that the
    customer did not buy; index -1 where a customer has fewer.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.cpu.topk import topk
    from threadpoolctl import threadpool_limits

    if not len(shown):
        nothing = Ranked(*(np.empty((matrix.shape[0], 0), kind) for kind in (np.int32, np.float32)))
        return nothing, nothing
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=settings.factors,
            regularization=settings.regularization * float(matrix.sum(axis=1).mean()),
            alpha=settings.alpha,
            iterations=settings.iterations,
            random_state=settings.seed,
        )
        model.fit(matrix, show_progress=False)
        bought = matrix[:, shown].tocsr()
        length = min(settings.list_length, len(shown))
        tops = [
            topk(model.item_factors[shown], model.user_factors, length, filter_query_items=excluded)
            for excluded in (None, bought)
        ]
    # What is filtered out comes back with the lowest float as its score.
    lowest = np.finfo(np.float32).min
    return tuple(
        Ranked(np.where(scores > lowest, shown[products], -1), scores) for products, scores in tops
    )


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
