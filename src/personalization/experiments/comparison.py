"""All arms of an experiment against its control: every interval that the report has."""

from dataclasses import dataclass, fields

import numpy as np

from personalization.experiments import cuped, sequential
from personalization.experiments.means import ALPHA, Sample, difference, relative, sample

# Units with, and without, something that make a share reliable; with revenue, a mean of money.
MIN_EVENTS = 5
MIN_BUYERS = 25


@dataclass(frozen=True)
class Sums:
    """What is kept of the units of an experiment: arrays whose first axis is the arm.

    n : units. total, squares : of the outcome. covariate_total, covariate_squares : of what the
    same unit did before. product_total : of outcome times covariate.
    """

    n: np.ndarray
    total: np.ndarray
    squares: np.ndarray
    covariate_total: np.ndarray
    covariate_squares: np.ndarray
    product_total: np.ndarray

    @staticmethod
    def of(outcomes: list[np.ndarray], before: list[np.ndarray]) -> "Sums":
        """Sum units, one array per arm, over their last axis."""
        pairs = list(zip(outcomes, before, strict=True))
        return Sums(
            np.array([np.full(y.shape[:-1], y.shape[-1], dtype=float) for y, _ in pairs]),
            np.array([y.sum(axis=-1) for y, _ in pairs]),
            np.array([(y**2).sum(axis=-1) for y, _ in pairs]),
            np.array([x.sum(axis=-1) for _, x in pairs]),
            np.array([(x**2).sum(axis=-1) for _, x in pairs]),
            np.array([(y * x).sum(axis=-1) for y, x in pairs]),
        )

    def arm(self, place: int) -> Sample:
        """Return the outcome of one arm."""
        return sample(self.n[place], self.total[place], self.squares[place])


@dataclass(frozen=True)
class Comparison:
    """One arm against the control; arrays of one shape, NaN where a figure can't be had.

    The sequential interval is shared out over all treatment arms (Bonferroni), so that all of them
    hold at all times.
    """

    n: np.ndarray
    mean: np.ndarray
    standard_deviation: np.ndarray
    lift: np.ndarray
    lift_ci_low: np.ndarray
    lift_ci_high: np.ndarray
    relative_lift: np.ndarray
    relative_lift_ci_low: np.ndarray
    relative_lift_ci_high: np.ndarray
    p_value: np.ndarray
    cuped_lift: np.ndarray
    cuped_ci_low: np.ndarray
    cuped_ci_high: np.ndarray
    covariate_share: np.ndarray
    sequential_ci_low: np.ndarray
    sequential_ci_high: np.ndarray

    @staticmethod
    def names() -> list[str]:
        """Return the names of the figures."""
        return [field.name for field in fields(Comparison)]


def compare(sums: Sums, control: int, *, sequential_units: float) -> list[Comparison | None]:
    """Compare every arm with the control, whose own place in the list is None.

    sequential_units : n of both arms at which the sequential interval is narrowest.
    """
    arms = len(sums.n)
    adjusted, explained = cuped.adjust(*(getattr(sums, f.name) for f in fields(Sums)))
    alpha = ALPHA / max(arms - 1, 1)
    against, adjusted_against = sums.arm(control), _arm(adjusted, control)
    found = []
    for place in range(arms):
        if place == control:
            found.append(None)
            continue
        treated = sums.arm(place)
        plain = difference(treated, against)
        precise = difference(_arm(adjusted, place), adjusted_against)
        half = sequential.half_width(
            plain.standard_error, treated.n + against.n, alpha=alpha, tightest_at=sequential_units
        )
        pooled = (treated.variance * (treated.n - 1) + against.variance * (against.n - 1)) / (
            np.maximum(treated.n + against.n - 2, 1)
        )
        found.append(
            Comparison(
                treated.n,
                treated.mean,
                np.sqrt(pooled),
                plain.lift,
                plain.low,
                plain.high,
                *relative(treated, against),
                plain.p_value,
                precise.lift,
                precise.low,
                precise.high,
                explained,
                plain.lift - half,
                plain.lift + half,
            )
        )
    return found


def is_reliable(counted: np.ndarray, n: np.ndarray, metric: str) -> np.ndarray:
    """Return whether an arm has enough units for its interval to hold; counted : those not 0.

    Below, docs/experiments.md shows intervals of a holdout that hold the truth much more seldom.
    """
    if metric.startswith("revenue"):
        return counted >= MIN_BUYERS
    return (counted >= MIN_EVENTS) & (n - counted >= MIN_EVENTS)


def _arm(arms: Sample, place: int) -> Sample:
    return Sample(arms.n[place], arms.mean[place], arms.variance[place])
