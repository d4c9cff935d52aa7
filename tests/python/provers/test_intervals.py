"""`personalization prove intervals` on few worlds; docs/experiments.md has many."""

from dataclasses import replace

import numpy as np
import pytest

from personalization.experiments import comparison
from personalization.provers import intervals

WORLDS = 30
REFERENCE = {"reference_units": 50_000}


@pytest.fixture(scope="module")
def found() -> list[intervals.Held]:
    return intervals.measure(WORLDS, seed=2, **REFERENCE)


@pytest.mark.parametrize("kind", ["plain", "cuped", "relative"])
def test_intervals_hold_the_true_effects(found, kind):
    held, shown = intervals.total(found, kind)
    assert shown >= 1000
    # Metrics and arms of one world go together, worlds are independent draws: three standard
    # deviations of the binomial of the worlds, either side.
    slack = 3 * np.sqrt(0.05 * 0.95 / (WORLDS * len(intervals.DESIGNS)))
    assert abs(held / shown - 0.95) <= slack < 0.05


def test_intervals_that_are_too_narrow_would_be_found(monkeypatch):
    monkeypatch.setattr(comparison, "difference", narrowed(comparison.difference))
    one = intervals.measure(WORLDS, 2, intervals.DESIGNS[:1], **REFERENCE)
    held, shown = intervals.total(one, "plain")
    assert held / shown < 0.9


def narrowed(difference):
    def narrow(treatment, control):
        whole = difference(treatment, control)
        half = (whole.high - whole.low) / 2 * 0.75
        return replace(whole, low=whole.lift - half, high=whole.lift + half)

    return narrow


def test_always_valid_intervals_survive_twenty_looks_and_fixed_ones_do_not():
    wrong = intervals.peek(200, seed=2)
    assert wrong["sequential visit"] <= 0.05
    assert wrong["sequential revenue"] <= 0.05
    assert wrong["fixed visit"] > 0.1
