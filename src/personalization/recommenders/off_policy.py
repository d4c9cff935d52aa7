"""What another ranker would have earned, from logged lists whose chances are known.

One row is one product shown at one place of one list. The item-position model is assumed (Li,
Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay & Wen 2018, "Offline Evaluation of Ranking Policies
with Click Models"): the chance of a reward depends on the customer, the product and its place, and
not on what stands beside it. The value of a policy is its mean reward per place shown.

Rows of one customer go together: standard errors are those of sums by customer, and intervals are
Student's with one degree of freedom fewer than there are customers.
"""

from dataclasses import dataclass

import numpy as np

ALPHA = 0.05


@dataclass(frozen=True)
class Log:
    """What was shown and came of it. All arrays have the shape (n,).

    rewards : such as 1 for clicked, 0 for not. propensities : chance, above 0 and up to 1, that the
    place showed just this product. customers : whole numbers, rows of one customer are alike.

    Raises ValueError for arrays of different lengths, no row, rewards that are not finite and
    propensities outside (0, 1]: what could not be shown was not, so such a log is wrong.
    """

    rewards: np.ndarray
    propensities: np.ndarray
    customers: np.ndarray

    def __post_init__(self):
        """Refuse a log that no exploration can have made."""
        shapes = {np.shape(self.rewards), np.shape(self.propensities), np.shape(self.customers)}
        if len(shapes) > 1 or len(shapes.pop()) != 1 or not len(self.rewards):
            raise ValueError("a log has one or more rows: arrays of shape (n,), all of one length")
        if not np.isfinite(self.rewards).all():
            raise ValueError("rewards must be finite")
        wrong = np.count_nonzero(~((self.propensities > 0) & (self.propensities <= 1)))
        if wrong:
            raise ValueError(f"{wrong} propensities are not above 0 and up to 1")


@dataclass(frozen=True)
class Estimate:
    """Value of a policy with its standard error and 95 % interval (NaN for a single customer).

    n : rows. effective_sample_size : rows of equal weight that would tell as much, (sum of weights)
    squared / sum of squared weights (Kish 1965); 0 where all weights are 0. mean_weight : estimates
    the share of what the policy shows that the log could have shown as well. Where it is below 1 by
    more than chance, the policy shows what the log never could, and no estimate can be trusted.
    """

    value: float
    standard_error: float
    low: float
    high: float
    n: int
    effective_sample_size: float
    mean_weight: float


def logged(log: Log) -> Estimate:
    """Return the value of the policy that was logged: the mean reward."""
    return _estimate(log.rewards, float(np.mean(log.rewards)), np.ones(len(log.rewards)), log)


def ips(log: Log, target: np.ndarray, *, clip: float = np.inf) -> Estimate:
    """Return the mean of reward x weight, unbiased where the log can show all that the policy does.

    target : (n,) chance in [0, 1] that the policy shows the logged product at its place; 0 or 1 for
    one that draws nothing. The weight of a row is target / propensity. clip : weights above count
    as this one; it takes variance away, and lowers the value by the mean of reward x what was cut
    off where rewards are not negative.

    Source: Horvitz & Thompson (1952), JASA 47(260), 663-685.
    """
    weights = _weights(log, target, clip)
    values = weights * log.rewards
    return _estimate(values, float(np.mean(values)), weights, log)


def snips(log: Log, target: np.ndarray, *, clip: float = np.inf) -> Estimate:
    """Return the weighted mean of rewards: biased by the order of 1 / n, and mostly less spread.

    Parameters as of ips. NaN where all weights are 0. The standard error is the delta method's.

    Source: Swaminathan & Joachims (2015), "The Self-Normalized Estimator for Counterfactual
    Learning", NIPS 28.
    """
    weights = _weights(log, target, clip)
    total = np.sum(weights)
    if not total > 0:
        return _estimate(np.full(len(weights), np.nan), np.nan, weights, log)
    value = float(np.sum(weights * log.rewards) / total)
    return _estimate(
        value + weights * (log.rewards - value) / np.mean(weights), value, weights, log
    )


def doubly_robust(
    log: Log,
    target: np.ndarray,
    predicted_shown: np.ndarray,
    predicted_target: np.ndarray,
    *,
    clip: float = np.inf,
) -> Estimate:
    """Return what a model expects of the policy, corrected by its weighted errors on the log.

    target, clip : as of ips; a clip lowers the correction alone. predicted_shown : (n,) reward that
    the model expects of the logged product. predicted_target : (n,) that it expects of what the
    policy shows at this place, the mean over its draw. Unbiased for any model that has not seen the
    rewards of the row (out_of_fold_rates); the better the model, the less spread.

    Source: Dudik, Langford & Li (2011), "Doubly Robust Policy Evaluation and Learning", ICML 28.
    """
    shapes = {np.shape(predicted_shown), np.shape(predicted_target)}
    if shapes != {np.shape(log.rewards)}:
        raise ValueError("predictions and log must have one length")
    weights = _weights(log, target, clip)
    values = predicted_target + weights * (log.rewards - predicted_shown)
    return _estimate(values, float(np.mean(values)), weights, log)


def out_of_fold_rates(
    log: Log, products: np.ndarray, product_count: int, *, folds: int = 5, prior_rows: float = 20.0
) -> np.ndarray:
    """Return the mean reward of each product as learned from other customers: (n, product_count).

    Parameters as of fold_rates; customers are dealt to folds by their rank.
    """
    fold = np.unique(log.customers, return_inverse=True)[1] % folds
    return fold_rates(log, products, product_count, fold, folds=folds, prior_rows=prior_rows)[fold]


def fold_rates(
    log: Log,
    products: np.ndarray,
    product_count: int,
    fold: np.ndarray,
    *,
    folds: int = 5,
    prior_rows: float = 20.0,
) -> np.ndarray:
    """Return the mean reward of each product in all folds but one: (folds, product_count).

    products : (n,) index of the shown product. fold : (n,) from 0, alike for rows of one customer.
    prior_rows : so many rows of the mean of all are added to each product, so that rare ones stay
    near it.
    """
    cells = (folds, product_count)
    flat = fold * product_count + products
    rewards = np.bincount(flat, log.rewards, folds * product_count).reshape(cells)
    counts = np.bincount(flat, minlength=folds * product_count).reshape(cells)
    others, seen = rewards.sum(axis=0) - rewards, counts.sum(axis=0) - counts
    base = others.sum(axis=1, keepdims=True) / np.maximum(seen.sum(axis=1, keepdims=True), 1)
    return (others + prior_rows * base) / (seen + prior_rows)


def _weights(log: Log, target: np.ndarray, clip: float) -> np.ndarray:
    if np.shape(target) != np.shape(log.rewards):
        raise ValueError("target and log must have one length")
    if not ((target >= 0) & (target <= 1)).all():
        raise ValueError("target must be chances from 0 to 1")
    if not clip > 0:
        raise ValueError("clip must be above 0")
    return np.minimum(target / log.propensities, clip)


def _estimate(values: np.ndarray, value: float, weights: np.ndarray, log: Log) -> Estimate:
    """Return the estimate whose error is the mean of values, less value, by customer."""
    from scipy import stats

    n = len(values)
    _, own = np.unique(log.customers, return_inverse=True)
    customers = int(own.max()) + 1
    error = low = high = np.nan
    if customers > 1:
        sums = np.bincount(own, values - value, customers)
        error = float(np.sqrt(customers / (customers - 1) * np.sum(sums**2)) / n)
        half = float(stats.t.ppf(1 - ALPHA / 2, customers - 1)) * error
        low, high = value - half, value + half
    squares = np.sum(weights**2)
    effective = float(np.sum(weights) ** 2 / squares) if squares > 0 else 0.0
    return Estimate(value, error, low, high, n, effective, float(np.mean(weights)))
