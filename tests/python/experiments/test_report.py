"""The report from sums: the arms of two experiments side by side."""

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from personalization.experiments import report

EXPERIMENTS = [
    {"experiment_key": "e", "primary_metric": "conversion", "is_running": False},
    {"experiment_key": "empty", "primary_metric": "conversion", "is_running": True},
    {"experiment_key": "no variants", "primary_metric": "conversion", "is_running": True},
]
VARIANTS = [
    {"experiment_key": key, "variant_key": variant, "place": place, "weight": 1.0, "is_control": c}
    for key in ("e", "empty")
    for place, variant, c in ((2, "b", True), (1, "a", False), (3, "c", False))
]
# Units and orders of each arm; every order brings 10, and nobody was there before.
ORDERS = {"a": (200, 60), "b": (200, 30), "c": (210, 31)}


def cell(key: str, variant: str, metric: str, n: int, total: float, squares: float) -> dict:
    return {
        "experiment_key": key,
        "variant_key": variant,
        "metric": metric,
        "unit_count": n,
        "value_count": int(total > 0) and ORDERS[variant][1],
        "value_sum": float(total),
        "value_squares": float(squares),
        "covariate_sum": 0.0,
        "covariate_squares": 0.0,
        "product_sum": 0.0,
    }


SUMS = [cell("e", v, "conversion", n, k, k) for v, (n, k) in ORDERS.items()]
SUMS += [cell("e", v, "revenue", n, 10 * k, 100 * k) for v, (n, k) in ORDERS.items()]
SUMS += [cell("empty", v, "conversion", 0, 0, 0) for v in ORDERS]


@pytest.fixture(scope="module")
def rows() -> dict[tuple, dict]:
    tables = (pa.Table.from_pylist(rows) for rows in (SUMS, VARIANTS, EXPERIMENTS))
    found = report.evaluate(*tables, report.Settings())
    assert found.schema == report.SCHEMA
    return {(r["experiment_key"], r["variant_key"], r["metric"]): r for r in found.to_pylist()}


def test_there_is_one_row_per_experiment_variant_and_metric(rows):
    assert len(rows) == len(SUMS)


def test_lift_is_against_the_control_wherever_it_stands_and_its_own_row_has_none(rows):
    assert rows["e", "a", "conversion"]["lift"] == pytest.approx(0.15)
    assert rows["e", "a", "revenue"]["relative_lift"] == pytest.approx(1.0)
    control = rows["e", "b", "conversion"]
    assert (control["n"], control["mean"], control["decision"]) == (200, 0.15, "control")
    assert [
        control[name] for name in ("lift", "lift_ci_low", "p_value", "p_value_bh", "power")
    ] == [None] * 5


def test_p_values_are_welchs_on_the_units_and_adjusted_over_arms_and_metrics(rows):
    units = {v: np.r_[np.ones(k), np.zeros(n - k)] for v, (n, k) in ORDERS.items()}
    welch = stats.ttest_ind(units["a"], units["b"], equal_var=False).pvalue
    assert rows["e", "a", "conversion"]["p_value"] == pytest.approx(welch)
    # Two arms and two metrics: the smallest of four counts four times.
    assert rows["e", "a", "conversion"]["p_value_adjusted"] == pytest.approx(4 * welch)


def test_the_sample_ratio_is_that_of_the_experiment_on_all_its_rows(rows):
    expected = stats.chisquare([200, 200, 210]).pvalue
    found = [r["srm_p_value"] for r in rows.values() if r["experiment_key"] == "e"]
    assert found == pytest.approx([expected] * 6)


def test_a_winner_ships_and_its_equal_does_not(rows):
    assert rows["e", "a", "revenue"]["decision"] == "ship"
    assert rows["e", "c", "revenue"]["decision"] == "no difference"


def test_an_experiment_without_units_has_rows_without_figures(rows):
    empty = rows["empty", "a", "conversion"]
    assert (empty["n"], empty["lift"], empty["p_value"], empty["srm_p_value"]) == (0, *[None] * 3)
    assert empty["decision"] == "no data"


def test_nothing_gives_an_empty_table_of_the_same_shape():
    nothing = [pa.Table.from_pylist([], pa.Table.from_pylist(r).schema) for r in (SUMS, VARIANTS)]
    found = report.evaluate(*nothing, pa.Table.from_pylist(EXPERIMENTS), report.Settings())
    assert (found.num_rows, found.schema) == (0, report.SCHEMA)


def test_a_setting_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="powerlift"):
        report.Settings(powerlift=0.1)
