"""Means of arms and their differences against numbers that others published."""

import numpy as np
import pytest
from scipy import stats

from personalization.experiments.means import Sample, difference, relative, sample


def of(n, mean, variance) -> Sample:
    return Sample(np.array(float(n)), np.array(float(mean)), np.array(float(variance)))


def test_welch_finds_what_growthbook_publishes_for_its_own_t_test():
    # growthbook/growthbook, packages/stats/tests/frequentist/test_tests.py (commit 06b4ae4):
    # means 0.41 and 0.7, deviations 3.9 and 6.2.
    found = difference(of(3461, 0.7, 6.2**2), of(3407, 0.41, 3.9**2))
    assert float(found.p_value) == pytest.approx(0.02016, abs=5e-6)
    assert float(found.low) == pytest.approx(0.04538, abs=5e-6)
    assert float(found.high) == pytest.approx(0.53462, abs=5e-6)


def test_sums_give_what_the_units_of_scipys_example_give():
    # The two samples in the documentation of scipy.stats.ttest_ind_from_stats.
    a = np.array([1, 3, 4, 6, 11, 13, 15, 19, 22, 24, 25, 26, 26.0])
    b = np.array([2, 4, 6, 9, 11, 13, 14, 15, 18, 19, 21.0])
    first, second = (sample(len(x), x.sum(), (x**2).sum()) for x in (a, b))
    assert (first.mean, first.variance) == (pytest.approx(15.0), pytest.approx(87.5))
    assert (second.mean, second.variance) == (pytest.approx(12.0), pytest.approx(39.0))
    expected = stats.ttest_ind(a, b, equal_var=False)
    found = difference(first, second)
    interval = expected.confidence_interval()
    assert float(found.p_value) == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_the_ends_of_fiellers_interval_are_where_the_two_means_just_can_not_be_told_apart():
    # Fieller's theorem defines them as the roots of (t - r c)^2 = q^2 (var_t + r^2 var_c).
    treatment, control = of(400, 12.0, 30.0), of(300, 10.0, 25.0)
    ratio, *ends = relative(treatment, control)
    assert float(ratio) == pytest.approx(0.2)
    variances = 30 / 400, 25 / 300
    df = sum(variances) ** 2 / (variances[0] ** 2 / 399 + variances[1] ** 2 / 299)
    q = stats.t.ppf(0.975, df)
    for end in ends:
        share = 1 + float(end)
        assert abs(12 - share * 10) == pytest.approx(
            q * np.sqrt(variances[0] + share**2 * variances[1])
        )


def test_a_control_that_may_well_be_zero_has_no_relative_interval():
    _, low, high = relative(of(50, 1.0, 1.0), of(50, 0.1, 1.0))
    assert np.isnan(low) and np.isnan(high)


@pytest.mark.parametrize("units", [(0, 0.0, 0.0), (1, 3.0, 9.0)])
def test_fewer_than_two_units_have_no_interval(units):
    found = difference(sample(*units), sample(10, 5.0, 5.0))
    assert np.isnan([found.low, found.high, found.p_value]).all()


def test_arms_whose_units_are_all_alike_have_no_interval_however_the_sums_were_rounded():
    # 0.1 three million times: the sum of squares differs from n x mean^2 by rounding alone.
    n = 3_000_000
    total, squares = np.full(n, 0.1).sum(), np.full(n, 0.01).sum()
    found = difference(sample(n, total, squares), sample(n, total, squares))
    assert np.isnan([found.low, found.high, found.p_value]).all()
