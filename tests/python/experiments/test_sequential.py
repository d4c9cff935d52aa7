"""Always-valid intervals against another implementation's numbers, and under peeking."""

import numpy as np
import pytest

from personalization.experiments.sequential import half_width


def test_the_half_width_is_growthbooks():
    # growthbook/growthbook, packages/stats/tests/frequentist/test_tests.py, TestSequentialTTest:
    # error 0.33341 over 6,461 units, tuned to 1,000, gives 0.50336 (-0.55844, 1.56516).
    found = half_width(0.33341, 6461, alpha=0.05, tightest_at=1000)
    assert float(found) == pytest.approx((1.56516 + 0.55844) / 2, abs=2e-5)


def test_it_is_narrowest_at_the_units_it_is_tuned_to():
    n = np.arange(500, 20_000, 100)
    # A standard error of 1 at all n: what is left is the price of peeking.
    widths = half_width(1.0, n, alpha=0.05, tightest_at=5000)
    assert abs(n[widths.argmin()] - 5000) < 500
    assert (widths > 1.96).all()


def test_equal_arms_looked_at_all_the_time_are_told_apart_in_five_of_a_hundred_trials_at_most():
    chance = np.random.default_rng(3)
    trials, steps = 2000, 400
    units = np.arange(1, steps + 1) * 20
    # The difference of two arms of 10 units more at every step, each of variance 1.
    walk = chance.standard_normal((trials, steps)).cumsum(axis=1) * np.sqrt(20) / (units / 2)
    error = np.sqrt(2 / (units / 2))
    ever = (np.abs(walk) > half_width(error, units, alpha=0.05, tightest_at=1000)).any(axis=1)
    # Three standard deviations of a binomial of 5 % above it.
    assert ever.mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)
    assert (np.abs(walk) > 1.96 * error).any(axis=1).mean() > 0.3
