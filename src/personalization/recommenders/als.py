"""Collaborative filtering: tastes of customers and products as vectors, from who bought what.

For implicit feedback (Hu, Koren & Volinsky 2008), by alternating least squares of ``implicit``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from personalization import blas


@dataclass(frozen=True)
class Settings:
    """Settings of the matrix factorisation; an unknown key is a TypeError.

    factors : length of the taste vectors.
    regularization : penalty on their length, as a share of the average customer's confidence, so
        that one setting serves a shop of fifty customers and one of millions.
    alpha : confidence added per unit of weight.
    iterations : sweeps over customers and products.
    seed : of the random start.
    """

    factors: int
    regularization: float
    alpha: float
    iterations: int
    seed: int


class Factors(NamedTuple):
    """Taste vectors: float32 arrays (customers, factors) and (products, factors)."""

    customers: np.ndarray
    products: np.ndarray


def factorise(matrix, settings: Settings) -> Factors:
    """Learn taste vectors (Hu, Koren & Volinsky 2008, by ``implicit``).

    matrix : (customers, products) csr float32, > 0 where a customer bought a product.

    Returns vectors whose inner products say how likely a purchase is; zeros where nobody bought
    anything. The same bits whatever the number of threads.
    """
    from implicit.cpu.als import AlternatingLeastSquares

    if not matrix.nnz:
        return Factors(*(np.zeros((n, settings.factors), np.float32) for n in matrix.shape))
    blas.on_one_thread()
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

    vectors = np.zeros((matrix.shape[0], products.shape[1]), dtype=np.float32)
    blas.on_one_thread()
    _als.least_squares(matrix * np.float32(settings.alpha), vectors, products, penalty)
    return vectors
