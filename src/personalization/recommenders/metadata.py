"""A supervised content model: will this customer buy that product, judged by attributes alone?

Logistic regression on how a product's attributes meet a customer's history, for products that they
never ordered.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from personalization import blas
from personalization.recommenders.ranker import LISTS, top_rows

# Shares of a customer's tastes; without one, the product meets nothing.
SHARES = ("kind_taste_share", "category_taste_share", "brand_taste_share")
COLUMNS = (*SHARES, "buyers_share", "buyers_30_share", "relative_price", "product_first_days_ago")

SCHEMA = pa.schema(
    [
        ("customer_key", pa.int32()),
        ("list_name", pa.string()),
        ("rank", pa.int32()),
        ("product_key", pa.int32()),
        ("score", pa.float64()),
        ("model_version", pa.string()),
    ]
)


@dataclass(frozen=True)
class Settings:
    """Settings of the regression; an unknown key is a TypeError.

    inverse_penalty : C of scikit-learn; smaller shrinks coefficients more.
    iterations : at most so many steps. depth : products listed per customer.
    """

    inverse_penalty: float
    iterations: int
    depth: int

    @property
    def version(self) -> str:
        """Name of this algorithm with these settings."""
        settings = json.dumps(asdict(self), sort_keys=True).encode()
        return f"metadata-{hashlib.sha256(settings).hexdigest()[:8]}"


class Model(NamedTuple):
    """Coefficients on standardised features, and the log odds where all features are average."""

    centre: np.ndarray
    scale: np.ndarray
    coefficients: np.ndarray
    intercept: float


def recommend(pairs: pa.Table, settings: Settings) -> pa.Table:
    """List at the test moment what was learned from the moments before it.

    pairs : columns purpose, customer_key, product_key, is_bought, was_ordered and COLUMNS; of any
        moments; distinct. What was ordered before teaches nothing and stands in for_you alone.

    Returns SCHEMA; empty without earlier moments.
    """
    keys = [(name, "ascending") for name in ("purpose", "customer_key", "product_key")]
    # Sums of floats follow the order of the rows, so they get one of their own.
    pairs = pairs.sort_by(keys)
    is_test, is_new = compute.equal(pairs["purpose"], "test"), compute.invert(pairs["was_ordered"])
    earlier = pairs.filter(compute.and_(compute.invert(is_test), is_new))
    listed = pairs.filter(is_test)
    if not len(earlier) or not len(listed):
        return SCHEMA.empty_table()
    model = fit(match_features(earlier), earlier["is_bought"].to_numpy(), settings)
    scores = predict(model, match_features(listed))
    customers, products = (listed[name].to_numpy() for name in ("customer_key", "product_key"))
    every = np.arange(len(listed)), np.flatnonzero(~listed["was_ordered"].to_numpy())
    parts = []
    for list_name, some in zip(LISTS, every, strict=True):
        places, ranks = top_rows(customers[some], products[some], scores[some], settings.depth)
        columns = {
            "customer_key": customers[some][places],
            "list_name": pa.repeat(list_name, len(places)),
            "rank": ranks,
            "product_key": products[some][places],
            "score": scores[some][places],
            "model_version": pa.repeat(settings.version, len(places)),
        }
        parts.append(pa.table(columns).cast(SCHEMA))
    return pa.concat_tables(parts)


def match_features(pairs: pa.Table) -> np.ndarray:
    """Describe how each product meets the customer beside it.

    pairs : COLUMNS: shares of the customer's tastes in the product's kind, category and brand;
        buyers of it among a thousand customers, ever and in 30 days; its price over what the
        customer pays; days since it was first bought.

    Returns (n, features) float32, nan where unknown: the shares; log(1 + x) of buyers and days;
    the log of the relative price, and its distance from 0.
    """
    of = {name: pairs[name].to_numpy().astype(float) for name in COLUMNS}
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.log(np.where(of["relative_price"] > 0, of["relative_price"], np.nan))
    return np.column_stack(
        [
            *(np.nan_to_num(of[name]) for name in SHARES),
            np.log1p(np.nan_to_num(of["buyers_share"])),
            np.log1p(np.nan_to_num(of["buyers_30_share"])),
            price,
            np.abs(price),
            np.log1p(of["product_first_days_ago"]),
        ]
    ).astype(np.float32)


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
