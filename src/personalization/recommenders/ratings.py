"""Explicit ratings: matrix factorisation of 1 to 5 stars with biases.

A rating is mean + b_u + b_i + q_i . p_u (Koren, Bell & Volinsky 2009, "Matrix Factorization
Techniques for Recommender Systems", IEEE Computer 42(8), equation 4), fitted by alternating least
squares: given the items, each user's bias and factors solve one ridge regression, and the other
way round. Penalties count once for each user and item and not once for each rating, as for the
damped biases of Koren (2008): with one rating, little is known.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from personalization import blas

LOWEST, HIGHEST = 1.0, 5.0

# Two-sided 95 % quantile of the normal distribution.
NORMAL_95 = 1.96

# Users or items whose equations are solved at once.
_BLOCK = 4096


@dataclass(frozen=True)
class Settings:
    """Settings of the factorisation; an unknown key is a TypeError.

    factors : length of the taste vectors; 0 leaves biases alone.
    factor_penalty, bias_penalty : > 0, in ratings: a bias is halved by as many as its penalty.
    iterations : sweeps over users and items. seed : of the random start.
    """

    factors: int
    factor_penalty: float
    bias_penalty: float
    iterations: int
    seed: int


class Ratings(NamedTuple):
    """Three arrays of one length: codes of users and of items from 0, and stars from 1 to 5."""

    users: np.ndarray
    items: np.ndarray
    stars: np.ndarray


class Model(NamedTuple):
    """The mean, and for each user and item a row: the bias, then the factors."""

    mean: float
    users: np.ndarray
    items: np.ndarray


class Accuracy(NamedTuple):
    """Mean absolute errors in stars of the model and of the global mean, on n held-out ratings.

    gain is how much lower the model's is, with a 95 % interval; all are nan where n is 0.
    """

    mae: float
    global_mean_mae: float
    gain: float
    gain_low: float
    gain_high: float
    n: int


def fit(ratings: Ratings, settings: Settings) -> Model:
    """Learn from ratings in any order; several of one item by one user count as their mean.

    Returns a Model; without ratings, one that says the middle of the scale.

    Raises ValueError for stars outside 1 to 5.
    """

    stars = np.asarray(ratings.stars, dtype=float)
    if not ((stars >= LOWEST) & (stars <= HIGHEST)).all():
        raise ValueError("stars go from 1 to 5")
    if not len(stars):
        nobody = np.empty((0, settings.factors + 1))
        return Model((LOWEST + HIGHEST) / 2, nobody, nobody)
    # Sums of floats follow their order, so the rows get one of their own.
    order = np.lexsort((stars, ratings.items, ratings.users))
    pairs = np.asarray(ratings.users)[order], np.asarray(ratings.items)[order]
    said, counts = (
        sparse.csr_matrix((values, pairs)) for values in (stars[order], np.ones(len(stars)))
    )
    said.data /= counts.data
    mean = float(said.data.mean())
    said.data -= mean
    turned = said.T.tocsr()
    random = np.random.default_rng(settings.seed)
    items = random.normal(0, 0.1, (said.shape[1], settings.factors + 1))
    items[:, 0] = 0
    users = np.zeros((said.shape[0], settings.factors + 1))
    blas.on_one_thread()
    for _ in range(settings.iterations):
        users = _solved(said, items, settings)
        items = _solved(turned, users, settings)
    return Model(mean, users, items)


def _solved(said: sparse.csr_matrix, others: np.ndarray, settings: Settings) -> np.ndarray:
    """Return the bias and factors of every row, given those of the columns.

    For each row the normal equations over its ratings, with a regressor of 1 for the bias: their
    sums of outer products are one sparse product with the outer products of all columns.
    """
    size = others.shape[1]
    regressors = others.copy()
    regressors[:, 0] = 1
    squares = (regressors[:, :, None] * regressors[:, None, :]).reshape(len(others), size * size)
    penalty = np.diag([settings.bias_penalty, *[settings.factor_penalty] * settings.factors])
    left = said.copy()
    left.data -= others[left.indices, 0]
    rated = said.copy()
    rated.data[:] = 1
    found = np.empty((said.shape[0], size))
    for start in range(0, said.shape[0], _BLOCK):
        block = slice(start, start + _BLOCK)
        gram = (rated[block] @ squares).reshape(-1, size, size) + penalty
        found[block] = np.linalg.solve(gram, (left[block] @ regressors)[:, :, None])[:, :, 0]
    return found


def predict(model: Model, users: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Return the stars that each user would give the item beside it.

    users, items : (n,) int codes; one that the model never saw (or below 0) adds nothing, so that
        the other's bias and the global mean remain.

    Returns (n,) float64 in [1, 5].
    """
    known = [
        np.where(((codes >= 0) & (codes < len(rows)))[:, None], _row(rows, codes), 0.0)
        for codes, rows in ((np.asarray(users), model.users), (np.asarray(items), model.items))
    ]
    stars = model.mean + known[0][:, 0] + known[1][:, 0]
    # Summed by column: a matrix product may round otherwise for another number of rows.
    for factor in range(1, known[0].shape[1]):
        stars = stars + known[0][:, factor] * known[1][:, factor]
    return np.clip(stars, LOWEST, HIGHEST)


def _row(rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
    if not len(rows):
        return np.zeros((len(codes), rows.shape[1]))
    return rows[np.clip(codes, 0, len(rows) - 1)]


def evaluate_mae(known: Ratings, late: Ratings, settings: Settings) -> Accuracy:
    """Learn from what is known and judge by later ratings, beside the global mean."""
    if not len(known.stars) or not len(late.stars):
        return Accuracy(*[np.nan] * 5, 0)
    model = fit(known, settings)
    # Sorted, so that the order of the rows reaches no sum.
    order = np.lexsort((late.stars, late.items, late.users))
    late = Ratings(*(np.asarray(column)[order] for column in late))
    errors = np.abs(predict(model, late.users, late.items) - late.stars)
    of_mean = np.abs(np.mean(np.sort(known.stars)) - late.stars)
    gains = of_mean - errors
    deviation = float(gains.std(ddof=1)) if len(gains) > 1 else np.nan
    margin = NORMAL_95 * deviation / len(gains) ** 0.5
    gain = float(gains.mean())
    return Accuracy(
        float(errors.mean()), float(of_mean.mean()), gain, gain - margin, gain + margin, len(gains)
    )
