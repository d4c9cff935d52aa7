"""The models of tastes by name: each takes a matrix of weights and its settings, and can score."""

from dataclasses import dataclass

import numpy as np

from personalization.recommenders import als, ease, neighbours, ratings


def fit_ease(matrix, penalty: float, max_products: int):
    """Fit EASE.

    penalty : as a share of a customer's mean squared weights, so that it fits shops of any size.
    """
    share = penalty * _mean_square(matrix)
    return ease.fit(matrix, ease.Settings(share, max_products, 1))


def fit_item_knn(matrix, neighbours_kept: int, shrinkage: float):
    """Fit neighbouring products: what is bought by the same customers.

    shrinkage : as a share of a customer's mean squared weights.
    """
    share = shrinkage * _mean_square(matrix)
    settings = neighbours.ProductSettings(neighbours_kept, share, 1, with_itself=True)
    return neighbours.fit_products(matrix, settings)


def fit_user_knn(matrix, neighbours_kept: int, pool: int):
    """Fit neighbouring customers: what those buy who buy the same."""
    settings = neighbours.CustomerSettings(neighbours_kept, 0.0, pool)
    return neighbours.fit_customers(matrix, settings)


@dataclass(frozen=True)
class OwnAndNeighbours:
    """Scores as a blend of the customer's own weights and those of the nearest customers."""

    weights: object
    nearest: object
    own_share: float

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of every product for these customers."""
        scores = (1 - self.own_share) * self.nearest.score_rows(rows)
        scores += self.own_share * self.weights[rows].toarray()
        return scores


def fit_tifu_knn(matrix, neighbours_kept: int, pool: int, own_share: float) -> OwnAndNeighbours:
    """Fit TIFU-kNN (Hu et al. 2020): decayed frequencies, one's own and the neighbours'.

    matrix : weights that already decay with time; their customers' lengths are made equal here.
    own_share : weight of the customer's own frequencies, from 0 to 1.
    """
    from scipy import sparse

    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    equal = sparse.csr_matrix(sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ matrix)
    equal = equal.astype(np.float32)
    return OwnAndNeighbours(equal, fit_user_knn(equal, neighbours_kept, pool), own_share)


@dataclass(frozen=True)
class InnerProducts:
    """Scores as inner products of factors."""

    factors: als.Factors

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of every product for these customers."""
        return self.factors.customers[rows] @ self.factors.products.T


def fit_als(matrix, **settings) -> InnerProducts:
    """Fit the matrix factorisation; its settings are als.Settings."""
    return InnerProducts(als.factorise(matrix, als.Settings(**settings)))


@dataclass(frozen=True)
class Stars:
    """Scores as the stars that a customer would give."""

    model: ratings.Model
    product_count: int

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of every product for these customers."""
        products = np.arange(self.product_count)
        customers = np.repeat(rows, len(products))
        stars = ratings.predict(self.model, customers, np.tile(products, len(rows)))
        return stars.reshape(len(rows), -1).astype(np.float32)


def fit_ratings(matrix, **settings) -> Stars:
    """Fit the factorisation of ratings; its settings are ratings.Settings.

    matrix : stars from 1 to 5 where a customer rated a product.
    """
    entries = matrix.tocoo()
    given = ratings.Ratings(entries.row, entries.col, entries.data.astype(np.float64))
    return Stars(ratings.fit(given, ratings.Settings(**settings)), matrix.shape[1])


def _mean_square(matrix) -> float:
    return float(matrix.multiply(matrix).sum()) / max(1, matrix.shape[0])
