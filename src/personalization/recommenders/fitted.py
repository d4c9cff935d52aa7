"""A fitted model that scores every product for the customers it was fitted to."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

# Rows at a time: so few that what is computed for them stays in the cache.
ROWS = 64


class Form(Protocol):
    """What computes the scores of the products kept."""

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return the (rows, kept) scores of a few customers."""


@dataclass(frozen=True)
class Fitted:
    """A fitted model.

    products : ascending index array of the products kept.
    product_count : columns of the matrix it was fitted to.
    form : scores the products kept.
    """

    products: np.ndarray
    product_count: int
    form: Form

    def score_kept(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of the products kept for these customers.

        rows : (n,) index array of rows of the matrix.

        Returns (n, kept) float32. What a row holds does not depend on the other rows.
        """
        return self._score(rows, len(self.products), slice(None))

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the scores of every product for these customers, 0 for products left out.

        rows : (n,) index array of rows of the matrix.

        Returns (n, product_count) float32. What a row holds does not depend on the other rows.
        """
        return self._score(rows, self.product_count, self.products)

    def _score(self, rows: np.ndarray, width: int, columns: np.ndarray | slice) -> np.ndarray:
        scores = np.zeros((len(rows), width), dtype=np.float32)
        for start in range(0, len(rows), ROWS):
            part = slice(start, start + ROWS)
            scores[part, columns] = self.form.scores(rows[part])
        return scores


def with_buyers(matrix, least: int) -> np.ndarray:
    """Return the ascending index array of the products with at least so many buyers, and one."""
    buyers = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return np.flatnonzero(buyers >= max(1, least))
