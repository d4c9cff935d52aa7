"""`personalization prove policies` on fewer worlds; docs/off_policy.md has a thousand of each."""

from dataclasses import replace

import numpy as np
import pytest

from personalization.provers import policies
from personalization.recommenders import off_policy

WORLDS = 150


@pytest.fixture(scope="module")
def found() -> list[policies.Held]:
    return policies.measure(WORLDS, seed=2)


@pytest.mark.parametrize("estimator", policies.PROVEN)
def test_intervals_hold_what_the_new_ranker_earns(found, estimator):
    mine = [each for each in found if each.estimator == estimator]
    share = sum(each.held for each in mine) / (WORLDS * len(mine))
    assert abs(share - 0.95) <= 3 * np.sqrt(0.05 * 0.95 / (WORLDS * len(mine)))
    for each in mine:
        assert abs(each.error) < each.half_width / 4


def test_the_logged_mean_misses_it(found):
    assert sum(each.held for each in found if each.estimator == "logged mean") == 0


def test_propensities_that_are_wrong_would_be_found(monkeypatch):
    weights = off_policy._weights
    wrong = lambda log, target, clip: weights(log, target, clip) ** 0.8  # noqa: E731
    monkeypatch.setattr(off_policy, "_weights", wrong)
    held = policies.measure(50, 2, policies.DESIGNS[:1])
    assert next(each for each in held if each.estimator == "IPS").held < 25


def test_intervals_that_do_not_know_customers_would_be_too_narrow():
    design = replace(policies.DESIGNS[3], customers=300)
    sends = policies.draw_log(design, np.random.default_rng(2))
    rows = np.arange(len(sends.clicked))
    by_customer = off_policy.logged(
        off_policy.Log(sends.clicked, sends.propensities, sends.customers)
    )
    by_row = off_policy.logged(off_policy.Log(sends.clicked, sends.propensities, rows))
    assert by_customer.standard_error > 1.1 * by_row.standard_error
