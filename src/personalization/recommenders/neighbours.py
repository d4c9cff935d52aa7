"""Neighbours: products bought by the same customers, and customers who buy the same products.

Two columns (or rows) a and b of the weights are similar by a cosine that trusts long ones more,

    a'b / sqrt((|a|^2 + shrinkage) (|b|^2 + shrinkage)),

as if each product had been bought by customers of its own besides, shrinkage in squared weight.

Products: a customer's score of a product is the sum of their weights of its nearest neighbours,
each times the similarity (Deshpande & Karypis 2004, "Item-Based Top-N Recommendation Algorithms").
Customers: it is the mean weight among the nearest customers, weighted by similarity (Resnick et al.
1994, "GroupLens").
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from personalization.recommenders.fitted import Fitted, with_buyers
from personalization.recommenders.topk import top_of_rows

# What lowers a similarity from one product to the next, so that the first of equals is kept: far
# above the rounding of float64, and below that of float32 for a hundred thousand products.
_STEP = 2.0**-41


@dataclass(frozen=True)
class ProductSettings:
    """Settings of neighbouring products; an unknown key is a TypeError.

    neighbours : kept of each product, >= 1.
    shrinkage : in squared weight, >= 0.
    min_buyers : products with fewer buyers are left out.
    with_itself : whether what a customer bought of a product itself counts too, by its similarity
        with itself.
    """

    neighbours: int
    shrinkage: float
    min_buyers: int
    with_itself: bool

    def __post_init__(self):
        """Refuse what makes no neighbours."""
        _check(self.neighbours, self.shrinkage)


@dataclass(frozen=True)
class CustomerSettings:
    """Settings of neighbouring customers; an unknown key is a TypeError.

    neighbours : kept of each customer, >= 1.
    shrinkage : in squared weight, >= 0.
    pool : customers among whom neighbours are looked for, at most.
    """

    neighbours: int
    shrinkage: float
    pool: int

    def __post_init__(self):
        """Refuse what makes no neighbours."""
        _check(self.neighbours, self.shrinkage)


@dataclass(frozen=True)
class ByProducts:
    """Scores by neighbouring products.

    weights : (customers, products) csr float32.
    similar : (products, products) csr float32; a row holds the neighbours of a product, without it.
    reach : (products, products) csr float32; a row holds what a purchase of a product adds to the
        scores of others, and to its own if that counts.
    """

    weights: sparse.csr_matrix
    similar: sparse.csr_matrix
    reach: sparse.csr_matrix

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of these rows, (rows, products) float32."""
        return (self.weights[rows] @ self.reach).toarray()


@dataclass(frozen=True)
class ByCustomers:
    """Scores by neighbouring customers.

    scaled : (customers, products) csr float32, whose inner products are similarities.
    pool : ascending index array of the customers among whom neighbours are looked for.
    pool_scaled : their columns of the transpose of scaled, csr. pool_weights : their weights, csr.
    neighbours : kept of each customer.
    """

    scaled: sparse.csr_matrix
    pool: np.ndarray
    pool_scaled: sparse.csr_matrix
    pool_weights: sparse.csr_matrix
    neighbours: int

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of these rows, (rows, products) float32; 0 without neighbours."""
        similar = (self.scaled[rows] @ self.pool_scaled).toarray()
        similar[(similar <= 0) | (self.pool == rows[:, None])] = -np.inf
        nearest = top_of_rows(similar, self.neighbours)
        found = nearest.products >= 0
        ends = np.concatenate([[0], np.cumsum(found.sum(axis=1))])
        shape = (len(rows), len(self.pool))
        weights = (nearest.scores[found], nearest.products[found], ends)
        scores = (sparse.csr_matrix(weights, shape=shape) @ self.pool_weights).toarray()
        total = np.where(found, nearest.scores, 0).sum(axis=1, keepdims=True)
        return np.divide(scores, total, out=scores, where=total > 0)


def fit_products(matrix: sparse.csr_matrix, settings: ProductSettings) -> Fitted:
    """Find the neighbours of each product.

    matrix : (customers, products) csr of weights, > 0 where a customer has a product.

    Returns the model, its form ByProducts. Of equally similar products the first are kept.
    """
    from implicit.nearest_neighbours import all_pairs_knn

    weights = _cleaned(matrix)
    products = with_buyers(weights, settings.min_buyers)
    weights = weights[:, products]
    scaled, own = _scaled(weights.T.tocsr(), settings.shrinkage)
    steps = 1 - _STEP * np.arange(len(products))
    similar = sparse.csr_matrix((len(products), len(products)), dtype=np.float32)
    if len(products):
        stepped = _times(scaled, steps).T.tocsr()
        # One more: a product may be among its own neighbours.
        found = all_pairs_knn(stepped, settings.neighbours + 1, show_progress=False)
        similar = _nearest(found, steps, settings.neighbours)
    reach = similar.T.tocsr()
    if settings.with_itself:
        reach += sparse.diags(own.astype(np.float32), format="csr")
    form = ByProducts(weights.astype(np.float32), similar, reach)
    return Fitted(products, matrix.shape[1], form)


def fit_customers(
    matrix: sparse.csr_matrix, settings: CustomerSettings, pool: np.ndarray | None = None
) -> Fitted:
    """Prepare to find the neighbours of each customer.

    matrix : (customers, products) csr of weights, > 0 where a customer has a product.
    pool : index array of the customers among whom neighbours are looked for; without it, all. Of
        more than settings.pool, as many are taken, evenly spaced.

    Returns the model, its form ByCustomers. Of equally similar customers the first are kept.
    """
    weights = _cleaned(matrix)
    scaled, _ = _scaled(weights, settings.shrinkage)
    pool = np.arange(weights.shape[0]) if pool is None else np.unique(pool)
    if len(pool) > settings.pool:
        pool = pool[np.arange(settings.pool) * len(pool) // settings.pool]
    scaled = scaled.astype(np.float32)
    weights = weights.astype(np.float32)
    form = ByCustomers(scaled, pool, scaled[pool].T.tocsr(), weights[pool], settings.neighbours)
    return Fitted(np.arange(matrix.shape[1]), matrix.shape[1], form)


def _check(neighbours: int, shrinkage: float) -> None:
    if neighbours < 1 or not shrinkage >= 0:
        raise ValueError("neighbours must be 1 or more and shrinkage 0 or more")


def _cleaned(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    cleaned = matrix.astype(np.float64)
    cleaned.sum_duplicates()
    return cleaned


def _scaled(rows: sparse.csr_matrix, shrinkage: float) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return rows whose inner products are similarities, and that of each with itself."""
    squares = rows.multiply(rows).sum(axis=1).A1
    divisors = np.where(squares > 0, squares + shrinkage, 1)
    return _times(rows, divisors**-0.5), squares / divisors


def _times(rows: sparse.csr_matrix, factors: np.ndarray) -> sparse.csr_matrix:
    values = rows.data * np.repeat(factors, np.diff(rows.indptr))
    return sparse.csr_matrix((values, rows.indices, rows.indptr), shape=rows.shape)


def _nearest(found: sparse.coo_matrix, steps: np.ndarray, neighbours: int) -> sparse.csr_matrix:
    """Return the most similar others of each row, as many as given, without the steps."""
    is_other = np.flatnonzero(found.row != found.col)
    order = is_other[np.lexsort((-found.data[is_other], found.row[is_other]))]
    rows, columns = found.row[order], found.col[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, np.arange(len(steps)))[rows]
    kept = np.flatnonzero(places < neighbours)
    rows, columns = rows[kept], columns[kept]
    values = (found.data[order[kept]] / steps[rows] / steps[columns]).astype(np.float32)
    return sparse.csr_matrix((values, (rows, columns)), shape=found.shape)
