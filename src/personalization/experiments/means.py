"""Means of arms and their differences, from counts, sums and sums of squares.

All functions work on arrays of any one shape: a place is one comparison. Where a figure can't be
had (fewer than two units, no spread at all) it is NaN.
"""

from dataclasses import dataclass

import numpy as np

ALPHA = 0.05


@dataclass(frozen=True)
class Sample:
    """What is known of the units of an arm: how many, their mean, their variance (of n - 1)."""

    n: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    @property
    def variance_of_mean(self) -> np.ndarray:
        """Variance of the mean."""
        return self.variance / self.n


@dataclass(frozen=True)
class Difference:
    """Mean of the treatment less that of the control, with its 95 % interval and p-value."""

    lift: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray
    standard_error: np.ndarray


def sample(n, total, squares) -> Sample:
    """Return the sample that has this count, sum and sum of squares."""
    n, total, squares = (np.asarray(values, dtype=float) for values in (n, total, squares))
    mean = _ratio(total, n)
    # Rounding can leave a hair below 0 where all values are equal.
    spread = np.maximum(squares - total * mean, 0)
    spread = np.where(spread <= 1e-12 * squares, 0, spread)
    return Sample(n, mean, np.where(n > 1, _ratio(spread, n - 1), np.nan))


def difference(treatment: Sample, control: Sample) -> Difference:
    """Compare means by Welch's t-test; the interval is the one that belongs to it.

    Source: Welch (1947), Biometrika 34, 28-35; scipy.stats.ttest_ind_from_stats.
    """
    from scipy import stats

    error = np.sqrt(treatment.variance_of_mean + control.variance_of_mean)
    known = error > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        p_value = stats.ttest_ind_from_stats(
            treatment.mean,
            np.sqrt(treatment.variance),
            treatment.n,
            control.mean,
            np.sqrt(control.variance),
            control.n,
            equal_var=False,
        ).pvalue
    lift = treatment.mean - control.mean
    half = quantile(treatment, control) * error
    return Difference(
        lift,
        np.where(known, lift - half, np.nan),
        np.where(known, lift + half, np.nan),
        np.where(known, p_value, np.nan),
        np.where(known, error, np.nan),
    )


def quantile(treatment: Sample, control: Sample) -> np.ndarray:
    """Return how many standard errors a 95 % interval reaches to either side."""
    from scipy import stats

    return stats.t.ppf(1 - ALPHA / 2, degrees_of_freedom(treatment, control))


def degrees_of_freedom(*samples: Sample, weights=None) -> np.ndarray:
    """Return those of a weighted sum of means, by Welch and Satterthwaite.

    Source: Satterthwaite (1946), Biometrics Bulletin 2, 110-114.
    """
    weights = weights or [1.0] * len(samples)
    parts = [w**2 * s.variance_of_mean for w, s in zip(weights, samples, strict=True)]
    below = sum(_ratio(part**2, s.n - 1) for part, s in zip(parts, samples, strict=True))
    return _ratio(sum(parts) ** 2, below)


def relative(treatment: Sample, control: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the lift as a share of the control's mean, and its 95 % interval by Fieller's theorem.

    The ends are NaN where the control's mean is not itself apart from 0: no finite interval exists
    then, while the delta method would show one.

    Source: Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185.
    """
    ratio = _ratio(treatment.mean, control.mean)
    t = quantile(treatment, control)
    above, below = treatment.variance_of_mean, control.variance_of_mean
    g = _ratio(t**2 * below, control.mean**2)
    bounded = g < 1
    left = np.where(bounded, 1 - g, np.nan)
    half = _ratio(t, np.abs(control.mean)) * np.sqrt(left * above + ratio**2 * below) / left
    return ratio - 1, ratio / left - half - 1, ratio / left + half - 1


def _ratio(above, below) -> np.ndarray:
    above, below = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
