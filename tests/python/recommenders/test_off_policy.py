"""Off-policy estimates: by hand, and exact over every log that could have been drawn."""

import itertools

import numpy as np
import pytest
from scipy import stats

from personalization.recommenders import off_policy
from personalization.recommenders.off_policy import Log

# Two places of two products: chance to be shown, chance of a reward, what the new policy shows.
SHOWN = np.array([[0.8, 0.2], [0.9, 0.1]])
REWARDED = np.array([[0.1, 0.6], [0.3, 0.05]])
POLICY = np.array([[0.25, 0.75], [0.0, 1.0]])
TRUTH = (0.25 * 0.1 + 0.75 * 0.6 + 0.05) / 2


def log(rewards, propensities, customers=None) -> Log:
    n = len(rewards)
    customers = np.arange(n) if customers is None else np.array(customers)
    return Log(np.array(rewards, float), np.array(propensities, float), customers)


def expected(estimate) -> float:
    """Return the expectation of an estimate over all draws of products and rewards."""
    total, chances = 0.0, 0.0
    for options in itertools.product([0, 1], repeat=2):
        for rewards in itertools.product([0, 1], repeat=2):
            places, shown = np.arange(2), np.array(options)
            rate = REWARDED[places, shown]
            chance = np.prod(SHOWN[places, shown] * np.where(rewards, rate, 1 - rate))
            total += chance * estimate(
                log(rewards, SHOWN[places, shown]), POLICY[places, shown], places, shown
            )
            chances += chance
    assert chances == pytest.approx(1)
    return total


def test_ips_is_the_truth_on_average_over_all_logs():
    assert expected(lambda drawn, target, *_: off_policy.ips(drawn, target).value) == pytest.approx(
        TRUTH, abs=1e-12
    )


@pytest.mark.parametrize("model", [np.zeros((2, 2)), REWARDED, np.array([[5, -3], [0.5, 2]])])
def test_doubly_robust_is_the_truth_on_average_whatever_the_model(model):
    def value(drawn, target, places, shown):
        planned = (POLICY * model).sum(axis=1)
        return off_policy.doubly_robust(drawn, target, model[places, shown], planned).value

    assert expected(value) == pytest.approx(TRUTH, abs=1e-12)


def test_the_logged_mean_is_not_the_truth():
    logged = expected(lambda drawn, *_: off_policy.logged(drawn).value)
    assert logged == pytest.approx((0.8 * 0.1 + 0.2 * 0.6 + 0.9 * 0.3 + 0.1 * 0.05) / 2)
    assert abs(logged - TRUTH) > 0.02


def test_clipping_lowers_the_mean_of_ips_by_what_is_cut_off():
    # The weights are 0.3125, 3.75, 0 and 10; a clip at 4 cuts 6 off the last.
    lowered = expected(lambda drawn, target, *_: off_policy.ips(drawn, target, clip=4).value)
    assert lowered == pytest.approx(TRUTH - 0.1 * 0.05 * 6 / 2, abs=1e-12)


def test_ips_by_hand():
    found = off_policy.ips(log([1, 0, 1, 0], [0.5, 0.5, 0.25, 1]), np.array([1, 1, 1, 0]))
    # Weights 2, 2, 4, 0; weighted rewards 2, 0, 4, 0: their mean is 1.5, sum of squares 11.
    assert found.value == 1.5
    assert found.standard_error == pytest.approx(np.sqrt(11 / 3 / 4))
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.975, 3) * found.standard_error)
    assert found.value - found.low == pytest.approx(found.high - found.value)
    assert (found.n, found.mean_weight) == (4, 2)
    assert found.effective_sample_size == pytest.approx(8**2 / (4 + 4 + 16))


def test_snips_by_hand():
    found = off_policy.snips(log([1, 0, 1, 0], [0.5, 0.5, 0.25, 1]), np.array([1, 1, 1, 0]))
    assert found.value == 6 / 8
    # Weight x (reward - value) / mean weight: 0.25, -0.75, 0.5, 0.
    assert found.standard_error == pytest.approx(np.sqrt(4 / 3 * (0.0625 + 0.5625 + 0.25)) / 4)


def test_doubly_robust_by_hand():
    found = off_policy.doubly_robust(
        log([1, 0], [0.5, 0.8]), np.array([1, 0]), np.array([0.4, 0.1]), np.array([0.4, 0.3])
    )
    # 0.4 + 2 x 0.6 and 0.3.
    assert found.value == pytest.approx((1.6 + 0.3) / 2)


def test_the_logged_policy_itself_has_its_own_mean_by_every_estimator():
    drawn = log([1, 0, 0], [1, 1, 1])
    for estimate in (off_policy.ips, off_policy.snips):
        assert estimate(drawn, np.ones(3)) == off_policy.logged(drawn)


def test_rows_of_one_customer_go_together():
    alone = off_policy.logged(log([1, 0], [1, 1]))
    twice = off_policy.logged(log([1, 0, 1, 0], [1, 1, 1, 1], [7, 3, 7, 3]))
    assert (twice.value, twice.low, twice.high) == (alone.value, alone.low, alone.high)


def test_one_customer_has_a_value_and_no_interval():
    found = off_policy.logged(log([1, 0], [1, 1], [3, 3]))
    assert found.value == 0.5
    assert np.isnan([found.standard_error, found.low, found.high]).all()


def test_a_policy_that_the_log_never_shows_has_no_weight():
    drawn = log([1, 0], [0.5, 0.5])
    assert off_policy.ips(drawn, np.zeros(2)).mean_weight == 0
    assert off_policy.ips(drawn, np.zeros(2)).effective_sample_size == 0
    assert np.isnan(off_policy.snips(drawn, np.zeros(2)).value)


@pytest.mark.parametrize("wrong", [0, -0.1, 1.01, np.nan])
def test_what_could_not_be_shown_is_refused_and_counted(wrong):
    with pytest.raises(ValueError, match="2 propensities"):
        log([1, 0, 1], [wrong, 0.5, wrong])


def test_logs_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="one length"):
        log([1, 0], [1])
    with pytest.raises(ValueError, match="one or more rows"):
        log([], [])
    with pytest.raises(ValueError, match="finite"):
        log([np.nan], [1])
    drawn = log([1, 0], [1, 1])
    with pytest.raises(ValueError, match="target and log"):
        off_policy.ips(drawn, np.ones(3))
    with pytest.raises(ValueError, match="chances"):
        off_policy.ips(drawn, np.array([1.1, 0]))
    with pytest.raises(ValueError, match="clip"):
        off_policy.ips(drawn, np.ones(2), clip=0)
    with pytest.raises(ValueError, match="predictions"):
        off_policy.doubly_robust(drawn, np.ones(2), np.ones(2), np.ones(3))


def test_a_row_is_predicted_from_other_customers_alone():
    drawn = log([1, 0, 1, 1], [1, 1, 1, 1], [10, 11, 12, 13])
    products = np.array([0, 0, 1, 0])
    rates = off_policy.out_of_fold_rates(drawn, products, 2, folds=2, prior_rows=2)
    # Customers 11 and 13 (product 0: 0 and 1) predict 10 and 12; their mean of all is 1/2.
    assert rates[[0, 2]].tolist() == [[(1 + 1) / 4, (0 + 1) / 2]] * 2
    # 10 and 12 (product 0: 1, product 1: 1) predict 11 and 13; the mean of all is 1.
    assert rates[[1, 3]].tolist() == [[1, 1]] * 2
