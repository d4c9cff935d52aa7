"""The models of tastes by name: each takes a matrix of weights and its settings, and can score."""

from dataclasses import dataclass

import numpy as np

from personalization.recommenders import als, ease


def fit_ease(matrix, penalty: float, max_products: int) -> ease.Ease:
    """Fit EASE.

    penalty : as a share of a customer's mean squared weights, so that it fits shops of any size.
    """
    share = penalty * float(matrix.multiply(matrix).sum()) / matrix.shape[0]
    return ease.fit(matrix, ease.Settings(share, max_products, 1))


@dataclass(frozen=True)
class Products:
    """Scores as inner products of factors."""

    factors: "als.Factors"

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of every product for these customers."""
        return self.factors.customers[rows] @ self.factors.products.T


def fit_als(matrix, **settings) -> Products:
    """Fit the matrix factorisation; its settings are als.Settings."""
    return Products(als.factorise(matrix, als.Settings(**settings)))
