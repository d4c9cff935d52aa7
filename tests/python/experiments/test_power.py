"""Power against Cohen's tables."""

import numpy as np
import pytest

from personalization.experiments import power


def test_power_is_that_of_cohens_table():
    # Cohen (1988), "Statistical Power Analysis", table 2.3.5: d 0.5, 64 a group, 5 % two-sided: 80;
    # G*Power 3.1 has 0.8015.
    assert float(power.power(0.5, 1.0, 64, 64)) == pytest.approx(0.8015, abs=5e-5)
    # ... d 0.2, 393 a group: 80; d 0.8, 26 a group: 80.
    assert float(power.power(2.0, 10.0, 393, 393)) == pytest.approx(0.80, abs=0.005)
    assert float(power.power(0.8, 1.0, 26, 26)) == pytest.approx(0.80, abs=0.01)


def test_what_is_detectable_is_found_in_eighty_percent():
    effect = power.detectable(7.0, 300, 900)
    assert float(power.power(effect, 7.0, 300, 900)) == pytest.approx(0.8, abs=1e-6)


def test_the_units_needed_are_those_of_cohens_table():
    # Cohen (1988), table 2.4.1: d 0.2, 0.5, 0.8 at 80 %: 393 (394 by exact calculation), 64, 26.
    assert [power.needed_units(d, 1.0) for d in (0.2, 0.5, 0.8)] == [394, 64, 26]


def test_without_units_or_spread_nothing_is_known():
    assert np.isnan(power.power(0.5, 1.0, 1, 64))
    assert np.isnan(power.detectable(np.nan, 64, 64))
