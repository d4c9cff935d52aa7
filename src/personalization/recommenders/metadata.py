"""A supervised content model: will this customer buy that product, judged by attributes alone?

Logistic regression on how a product's attributes meet a customer's history. The caller gives
history and attributes as they were at the moment, and labels from after it: nothing here knows of
time.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from personalization import blas
from personalization.recommenders.content import price_bands


@dataclass(frozen=True)
class Settings:
    """Settings of the regression; an unknown key is a TypeError.

    inverse_penalty : C of scikit-learn; smaller shrinks coefficients more.
    iterations : at most so many steps.
    """

    inverse_penalty: float
    iterations: int


class Products(NamedTuple):
    """What is known of products at a moment.

    categories : one (products,) int array of codes per level, from the top; -1 is none.
    brands : the same for brands. prices, age_days : (products,) float, nan is unknown.
    buyers : (products,) customers who had bought it.
    """

    categories: list[np.ndarray]
    brands: np.ndarray
    prices: np.ndarray
    age_days: np.ndarray
    buyers: np.ndarray


class Model(NamedTuple):
    """Coefficients on standardised features, and the log odds where all features are average."""

    centre: np.ndarray
    scale: np.ndarray
    coefficients: np.ndarray
    intercept: float


def feature_names(level_count: int) -> list[str]:
    """Return the names of the columns of ``match_features``."""
    levels = [f"category_share_{level}" for level in range(1, level_count + 1)]
    more = ["brand_share", "price_band_share", "popularity", "relative_price", "price_gap", "age"]
    return levels + more


def match_features(
    history: sparse.csr_matrix,
    products: Products,
    rows: np.ndarray,
    columns: np.ndarray,
    *,
    bands: int,
) -> np.ndarray:
    """Describe how each product meets the history of the customer beside it.

    history : (customers, products), > 0 where bought before the moment.
    rows, columns : (n,) codes of customers and of products. bands : price bands of equal size.

    Returns (n, features) float32, nan where unknown: shares of the history in the product's
    category levels, brand and price band; log(1 + buyers); the log of its price over what the
    customer pays (geometric mean), and its distance from 0; log(1 + age in days).
    """
    totals = np.asarray(history.sum(axis=1)).ravel().astype(float)
    codes = [*products.categories, products.brands, price_bands(products.prices, bands)]
    shares = [_share_with(history, totals, code, rows, columns) for code in codes]
    with np.errstate(divide="ignore", invalid="ignore"):
        prices = np.log(np.where(products.prices > 0, products.prices, np.nan))
        priced = np.isfinite(prices)
        paid = (history @ np.where(priced, prices, 0.0)) / (history @ priced.astype(float))
    relative = prices[columns] - paid[rows]
    known = [
        np.log1p(products.buyers[columns]),
        relative,
        np.abs(relative),
        np.log1p(np.maximum(products.age_days[columns], 0.0)),
    ]
    return np.column_stack([*shares, *known]).astype(np.float32)


def _share_with(history, totals, codes, rows, columns) -> np.ndarray:
    """Share of each customer's history that has the code of the product beside it."""
    has = np.flatnonzero(codes >= 0)
    width = int(codes.max(initial=0)) + 1
    groups = sparse.csr_matrix((np.ones(len(has)), (has, codes[has])), shape=(len(codes), width))
    held = (history @ groups).tocsr()
    asked = codes[columns]
    found = np.asarray(held[rows, np.maximum(asked, 0)]).ravel()
    total = totals[rows]
    return np.divide(found, total, out=np.zeros(len(rows)), where=(asked >= 0) & (total > 0))


def fit(features: np.ndarray, labels: np.ndarray, settings: Settings) -> Model:
    """Learn from past pairs which were bought.

    features : (n, features), nan where unknown, which then says nothing. labels : (n,) bool.

    Returns a Model; without both outcomes among the labels, one that gives their share to all.

    Raises ValueError if features and labels are not of one length.
    """
    from sklearn.linear_model import LogisticRegression

    if len(features) != len(labels):
        raise ValueError(f"{len(features)} rows of features, {len(labels)} labels")
    known = np.isfinite(features)
    counts = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, features, 0).astype(float)
    centre = filled.sum(axis=0) / counts
    spread = np.sqrt(((filled - centre) ** 2 * known).sum(axis=0) / counts)
    scale = np.where(spread > 0, spread, 1.0)
    if len(np.unique(labels)) < 2:
        # One more of either outcome keeps the odds finite (Laplace's rule of succession).
        share = (np.sum(labels) + 1) / (len(labels) + 2)
        return Model(centre, scale, np.zeros_like(centre), float(np.log(share / (1 - share))))
    blas.on_one_thread()
    regression = LogisticRegression(C=settings.inverse_penalty, max_iter=settings.iterations)
    regression.fit(_standardised(features, centre, scale), labels)
    return Model(centre, scale, regression.coef_[0], float(regression.intercept_[0]))


def predict(model: Model, features: np.ndarray) -> np.ndarray:
    """Return the (n,) float64 probabilities that the pairs described are bought."""
    # A sum by column: a matrix product may round otherwise for another number of rows.
    log_odds = np.full(len(features), model.intercept)
    standard = _standardised(features, model.centre, model.scale)
    for column, coefficient in enumerate(model.coefficients):
        log_odds += standard[:, column] * coefficient
    return 1.0 / (1.0 + np.exp(-log_odds))


def _standardised(features, centre, scale) -> np.ndarray:
    return np.nan_to_num((features - centre) / scale, nan=0.0, posinf=0.0, neginf=0.0)
