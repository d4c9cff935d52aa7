import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from personalization.recommenders import bootstrap
from personalization.recommenders.bootstrap import Resamples


def intervals(values, count=1000, seed=7):
    values = np.atleast_2d(np.asarray(values, dtype=float))
    return Resamples(values.shape[1], count=count, seed=seed).intervals(values)


def test_the_interval_is_the_middle_95_percent_of_the_means_of_resamples():
    values = np.random.default_rng(1).random(50)
    random, means = np.random.default_rng(7), []
    for _ in range(1000):
        means.append(values[random.integers(0, 50, 50)].mean())
    assert intervals(values)[0] == pytest.approx(np.percentile(means, [2.5, 97.5]), rel=1e-12)


def test_two_customers_give_the_interval_that_counting_gives():
    # Of four equally likely draws one has mean 0 and one mean 1: both ends lie within 95 %.
    assert intervals([0, 1]).tolist() == [[0, 1]]


def test_equal_values_give_a_point():
    assert intervals(np.ones(33)).tolist() == [[1, 1]]


@pytest.mark.parametrize("n", [0, 1])
def test_below_two_customers_there_is_no_interval(n):
    assert np.isnan(intervals(np.ones((3, n)))).all()
    assert intervals(np.ones((3, n))).shape == (3, 2)


def test_the_interval_of_many_customers_is_as_wide_as_its_normal_approximation():
    values = np.random.default_rng(2).random(3000) ** 3
    low, high = intervals(values, count=4000)[0]
    half = 1.96 * values.std() / 3000**0.5
    assert (high - low) / 2 == pytest.approx(half, rel=0.04)
    assert (high + low) / 2 == pytest.approx(values.mean(), abs=half / 10)


def test_customers_in_groups_have_the_interval_of_customers_one_by_one(monkeypatch):
    values = np.random.default_rng(3).random(5003) ** 3
    alone = intervals(values, count=4000)[0]
    monkeypatch.setattr(bootstrap, "UNITS", 1000)
    grouped = Resamples(5003, count=4000, seed=7)
    assert set(np.bincount(grouped.unit_of)) == {5, 6}
    low, high = grouped.intervals(values[None])[0]
    assert high - low == pytest.approx(alone[1] - alone[0], rel=0.06)
    assert grouped.intervals(np.ones((1, 5003))).tolist() == [[1, 1]]


def test_groups_are_made_only_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(bootstrap, "UNITS", 100)
    assert (Resamples(100, count=2, seed=7).sizes == 1).all()
    assert len(Resamples(101, count=2, seed=7).sizes) == 100
    assert Resamples(101, count=2, seed=7).sizes.sum() == 101


def test_the_interval_holds_the_true_mean_in_about_95_of_100_samples():
    random = np.random.default_rng(4)
    held = 0
    for seed in range(400):
        low, high = intervals(random.random(60) ** 2, count=400, seed=seed)[0]
        held += low <= 1 / 3 <= high
    # Four standard errors of a share of .95 over 400 samples are .044.
    assert held / 400 == pytest.approx(0.95, abs=0.044)


def test_every_metric_is_resampled_with_the_same_customers():
    values = np.random.default_rng(5).random(400)
    both = intervals([values, 2 * values])
    assert both[1] == pytest.approx(2 * both[0], rel=1e-12)


def test_the_seed_alone_decides():
    values = np.random.default_rng(6).random((2, 40))
    assert (intervals(values) == intervals(values)).all()
    assert (intervals(values) != intervals(values, seed=8)).any()


def test_the_threads_of_blas_do_not_change_a_bit():
    values = np.random.default_rng(8).random((21, 12_000))
    resamples = Resamples(12_000, count=200, seed=7)
    with threadpool_limits(limits=1):
        alone = resamples.intervals(values)
    with threadpool_limits(limits=4):
        assert (resamples.intervals(values) == alone).all()
