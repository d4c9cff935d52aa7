"""Increments: the lift of a mean, times the customers that had it."""

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from personalization.experiments.increments import SCHEMA, increments

TREATED, CONTROL = np.r_[np.zeros(90), np.full(10, 40.0)], np.r_[np.zeros(45), np.full(5, 20.0)]
ARMS = [
    {"experiment_key": "e", "variant_key": "out", "is_control": True},
    {"experiment_key": "e", "variant_key": "in", "is_control": False},
]


def sums(variant: str, units: np.ndarray, period: str = "all") -> dict:
    return {"experiment_key": "e", "period": period, "variant_key": variant} | {
        "unit_count": len(units),
        "revenue_sum": units.sum(),
        "revenue_squares": (units**2).sum(),
        "margin_sum": units.sum() / 2,
        "margin_squares": (units**2).sum() / 4,
        "revenue_of_known_margin": units.sum(),
    }


def of(*rows: dict) -> list[dict]:
    found = increments(pa.Table.from_pylist(rows), pa.Table.from_pylist(ARMS))
    assert found.schema == SCHEMA
    return found.to_pylist()


def test_the_increment_and_its_interval_are_welchs_times_the_customers_treated():
    (row,) = of(sums("out", CONTROL), sums("in", TREATED))
    interval = stats.ttest_ind(TREATED, CONTROL, equal_var=False).confidence_interval()
    assert (row["n_treated"], row["n_control"]) == (100, 50)
    # Two more per head, for a hundred.
    assert row["incremental_revenue"] == pytest.approx(200)
    assert row["incremental_revenue_ci_low"] == pytest.approx(100 * interval.low)
    assert row["incremental_revenue_ci_high"] == pytest.approx(100 * interval.high)
    assert row["incremental_margin"] == pytest.approx(100)


def test_each_period_is_compared_with_its_own_control_and_none_without_one():
    rows = of(
        sums("out", CONTROL, "2026-01"),
        sums("in", TREATED, "2026-01"),
        sums("in", TREATED, "2026-02"),
    )
    assert [row["period"] for row in rows] == ["2026-01"]


def test_a_single_customer_has_no_interval():
    (row,) = of(sums("out", CONTROL[:1]), sums("in", TREATED))
    assert row["incremental_revenue_ci_low"] is None


def test_a_margin_that_no_order_of_an_arm_has_is_unknown_and_not_zero():
    unknown = {"margin_sum": 0.0, "margin_squares": 0.0, "revenue_of_known_margin": 0.0}
    (row,) = of(sums("out", CONTROL), sums("in", TREATED) | unknown)
    assert row["incremental_revenue"] == pytest.approx(200)
    assert row["incremental_margin"] is None
    assert row["incremental_margin_ci_low"] is None
    (row,) = of(sums("out", 0 * CONTROL) | unknown, sums("in", TREATED))
    assert row["incremental_margin"] == pytest.approx(200)
