"""CUPED against the regression that it is, and against what its paper says of the variance."""

import numpy as np
import pytest
import statsmodels.api as sm

from personalization.experiments.comparison import Sums, compare


def arms(rho: float, n: int = 4000, lift: float = 0.5):
    chance = np.random.default_rng(5)
    before = [chance.standard_normal(n) for _ in range(2)]
    outcomes = [
        rho * x + np.sqrt(1 - rho**2) * chance.standard_normal(n) + lift * arm
        for arm, x in enumerate(before)
    ]
    return outcomes, before


def test_the_adjusted_lift_is_the_coefficient_of_the_regression_on_arm_and_covariate():
    # Frisch, Waugh & Lovell: one slope within both arms is what ordinary least squares fits.
    outcomes, before = arms(rho=0.6)
    y, x = np.concatenate(outcomes), np.concatenate(before)
    arm = np.repeat([0.0, 1.0], len(before[0]))
    fitted = sm.OLS(y, sm.add_constant(np.column_stack([arm, x]))).fit()
    found = compare(Sums.of(outcomes, before), 0, sequential_units=5000)[1]
    assert float(found.cuped_lift) == pytest.approx(fitted.params[1])
    width = float(found.cuped_ci_high - found.cuped_ci_low)
    assert width == pytest.approx(2 * 1.96 * fitted.bse[1], rel=0.01)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_the_variance_falls_by_the_square_of_the_correlation(rho):
    # Deng, Xu, Kohavi & Walker (2013), equation 5: var(cuped) = var (1 - rho^2).
    outcomes, before = arms(rho)
    found = compare(Sums.of(outcomes, before), 0, sequential_units=5000)[1]
    widths = [found.cuped_ci_high - found.cuped_ci_low, found.lift_ci_high - found.lift_ci_low]
    assert (widths[0] / widths[1]) ** 2 == pytest.approx(1 - rho**2, abs=0.03)
    assert float(found.covariate_share) == pytest.approx(rho**2, abs=0.03)


def test_a_covariate_without_spread_changes_nothing():
    outcomes, before = arms(rho=0.5)
    flat = [np.ones_like(x) for x in before]
    found = compare(Sums.of(outcomes, flat), 0, sequential_units=5000)[1]
    assert found.cuped_lift == pytest.approx(found.lift)
    assert found.cuped_ci_low == pytest.approx(found.lift_ci_low)
    assert float(found.covariate_share) == 0
