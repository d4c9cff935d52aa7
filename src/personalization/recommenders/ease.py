"""EASE: what a customer is likely to buy, told by all products at once, in closed form.

For weights X (customers x products) the scores are X B, where B has a diagonal of zeros and
otherwise minimises |X - X B|^2 + penalty |B|^2. With P = (X'X + penalty I)^-1 this is
B = I - P / diag(P), the columns divided (Steck 2019, "Embarrassingly Shallow Autoencoders for
Sparse Data", equation 8).

Where customers are fewer than products, a matrix of customers gives the same scores. Let
K = X X' + penalty I. By the Woodbury identity P = (I - X' K^-1 X) / penalty, hence X P = K^-1 X and

    X B = X - K^-1 X / diag(P),   diag(P)_i = (1 - x_i' K^-1 x_i) / penalty,

where x_i is the column of product i.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from personalization import blas
from personalization.recommenders.fitted import ROWS, Fitted, with_buyers


@dataclass(frozen=True)
class Settings:
    """Settings of EASE; an unknown key is a TypeError, a value out of range a ValueError.

    penalty : on the squared weights of B, > 0.
    max_products : rows of the largest matrix to invert, >= 1. Where customers and products are both
        more than that, only the products with the most buyers are kept.
    min_buyers : products with fewer buyers are left out.
    """

    penalty: float
    max_products: int
    min_buyers: int

    def __post_init__(self):
        """Refuse what has no inverse."""
        if not self.penalty > 0 or self.max_products < 1:
            raise ValueError("penalty must be above 0 and max_products 1 or more")


@dataclass(frozen=True)
class Primal:
    """Scores as X B."""

    weights: sparse.csr_matrix
    between_products: np.ndarray

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return X B of these rows, (rows, products) float32."""
        return self.weights[rows] @ self.between_products


@dataclass(frozen=True)
class Dual:
    """Scores as X - K^-1 X / diag(P)."""

    weights: sparse.csr_matrix
    by_product: sparse.csr_matrix
    between_customers: np.ndarray
    diagonal: np.ndarray

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return X - K^-1 X / diag(P) of these rows, (rows, products) float32."""
        explained = self.by_product @ np.ascontiguousarray(self.between_customers[:, rows])
        return self.weights[rows].toarray() - explained.T / self.diagonal


def fit(matrix: sparse.csr_matrix, settings: Settings) -> Fitted:
    """Fit EASE, on the side of the matrix that is smaller.

    matrix : (customers, products) csr of weights, > 0 where a customer has a product.

    Returns the model, its form Primal or Dual; the same bits whatever the order of the entries and
    the number of threads.

    Raises ValueError if the penalty is too small for an inverse.
    """
    matrix = matrix.astype(np.float64)
    matrix.sum_duplicates()
    products = _kept_products(matrix, settings)
    kept = matrix[:, products]
    blas.on_one_thread()
    form = (_fit_dual if kept.shape[0] < len(products) else _fit_primal)(kept, settings.penalty)
    return Fitted(products, matrix.shape[1], form)


def _kept_products(matrix: sparse.csr_matrix, settings: Settings) -> np.ndarray:
    products = with_buyers(matrix, settings.min_buyers)
    if min(matrix.shape[0], len(products)) > settings.max_products:
        buyers = np.bincount(matrix.indices)
        most = np.argsort(-buyers[products], kind="stable")[: settings.max_products]
        products = np.sort(products[most])
    return products


def _fit_primal(weights: sparse.csr_matrix, penalty: float) -> Primal:
    inverse = _inverse(weights.T.tocsr(), penalty)
    between = np.empty(inverse.shape, dtype=np.float32)
    np.divide(inverse, -inverse.diagonal(), out=between, casting="same_kind")
    np.fill_diagonal(between, 0)
    return Primal(weights.astype(np.float32), between)


def _fit_dual(weights: sparse.csr_matrix, penalty: float) -> Dual:
    inverse = _inverse(weights, penalty)
    by_product = weights.T.tocsr()
    explained = np.zeros(weights.shape[1])
    for start in range(0, len(inverse), ROWS):
        part = slice(start, start + ROWS)
        mine = weights[part].tocoo()
        products = by_product @ np.ascontiguousarray(inverse[:, part])
        terms = mine.data * products[mine.col, mine.row]
        explained += np.bincount(mine.col, terms, minlength=len(explained))
    return Dual(
        weights.astype(np.float32),
        by_product.astype(np.float32),
        inverse.astype(np.float32),
        ((1 - explained) / penalty).astype(np.float32),
    )


def _inverse(rows: sparse.csr_matrix, penalty: float) -> np.ndarray:
    """Return (rows rows' + penalty I)^-1, symmetric to the bit, as a float64 array."""
    size = rows.shape[0]
    inverse = np.empty((size, size))
    columns = rows.T.tocsr()
    for start in range(0, size, ROWS):
        part = slice(start, start + ROWS)
        (rows[part] @ columns).toarray(out=inverse[part])
    if not size:
        return inverse
    inverse.flat[:: size + 1] += penalty
    # LAPACK reads columns first, so that its lower triangle is the upper one here.
    _, failed = linalg.lapack.dpotrf(inverse.T, lower=1, clean=0, overwrite_a=1)
    if not failed:
        _, failed = linalg.lapack.dpotri(inverse.T, lower=1, overwrite_c=1)
    if failed:
        raise ValueError("the penalty is too small for these weights")
    for start in range(0, size, ROWS):
        end = min(start + ROWS, size)
        inverse[end:, start:end] = inverse[start:end, end:].T
        square = np.triu(inverse[start:end, start:end])
        inverse[start:end, start:end] = square + np.triu(square, 1).T
    return inverse
