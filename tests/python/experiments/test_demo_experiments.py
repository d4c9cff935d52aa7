"""The demo's experiments, worked out again from the published marts, unit by unit."""

import duckdb
import numpy as np
import pytest
from scipy import stats

COVARIATE_DAYS = 90
UNITS = """
    select
        units.variant_key,
        max(case
            when not orders.is_cancelled and orders.ordered_at >= units.exposed_at then 1 else 0
        end) as conversion,
        max(case when orders.ordered_at < units.exposed_at then 1 else 0 end) as conversion_before,
        sum(case when orders.ordered_at >= units.exposed_at then orders.net_revenue else 0 end)
            as revenue
    from fct_experiment_assignments as units
    left join (
        select * from fct_orders
    ) as orders
        on
            units.customer_id = orders.customer_id
            and orders.ordered_at >= units.exposed_at - to_days(?)
            and orders.ordered_at < ?
    where units.experiment_key = ?
    group by units.customer_id, units.variant_key
    order by units.customer_id
"""


@pytest.fixture(scope="module")
def marts(demo):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo.marts}' as published (read_only)")
        connection.execute(f"attach '{demo.warehouse}' as built (read_only)")
        connection.execute("use published.marts")
        yield connection


def results(marts, metric: str) -> list[dict]:
    found = marts.execute(
        "select * from rpt_experiment_results where metric = ? and n > 0 order by all", [metric]
    )
    return found.to_arrow_table().to_pylist()


def units_of(marts, experiment: str) -> dict[str, np.ndarray]:
    (until,) = marts.execute(
        "select counted_until from built.intermediate.int_experiments where experiment_key = ?",
        [experiment],
    ).fetchone()
    return marts.execute(UNITS, [COVARIATE_DAYS, until, experiment]).fetchnumpy()


def arm(units: dict, variant: str, name: str) -> np.ndarray:
    return units[name][units["variant_key"] == variant].astype(float)


def controls(rows: list[dict]) -> dict[str, str]:
    return {r["experiment_key"]: r["variant_key"] for r in rows if r["decision"] == "control"}


@pytest.mark.parametrize("metric", ["conversion", "revenue"])
def test_every_figure_is_what_the_units_give_one_by_one(marts, metric):
    rows = results(marts, metric)
    assert len(rows) == 6
    for row in rows:
        units = units_of(marts, row["experiment_key"])
        mine = arm(units, row["variant_key"], metric)
        control = controls(rows)[row["experiment_key"]]
        assert (row["n"], row["mean"]) == (len(mine), pytest.approx(mine.mean()))
        if row["variant_key"] == control:
            continue
        welch = stats.ttest_ind(mine, arm(units, control, metric), equal_var=False)
        interval = welch.confidence_interval()
        # Sums are kept in cents, orders in hundredths of them.
        near = {"rel": 1e-4, "abs": 1e-4}
        assert row["p_value"] == pytest.approx(welch.pvalue, **near)
        assert row["lift_ci_low"] == pytest.approx(interval.low, **near)
        assert row["lift_ci_high"] == pytest.approx(interval.high, **near)


def test_the_adjusted_lift_takes_out_what_the_days_before_explain(marts):
    rows = results(marts, "conversion")
    for row in rows:
        if row["decision"] == "control":
            continue
        units = units_of(marts, row["experiment_key"])
        variants = sorted(set(units["variant_key"]))
        arms = [np.array(units["variant_key"] == v, float) for v in variants]
        design = np.column_stack([*arms, units["conversion_before"].astype(float)])
        outcome = units["conversion"].astype(float)
        coefficients = np.linalg.lstsq(design, outcome, rcond=None)[0]
        lift = (
            coefficients[variants.index(row["variant_key"])]
            - coefficients[variants.index(controls(rows)[row["experiment_key"]])]
        )
        assert row["cuped_lift"] == pytest.approx(lift)


def test_the_family_of_holm_is_an_experiments_arms_and_metrics(marts):
    rows = marts.execute(
        "select experiment_key, p_value, p_value_adjusted from rpt_experiment_results "
        "where p_value is not null order by p_value"
    ).fetchall()
    for experiment in {row[0] for row in rows}:
        mine = [row for row in rows if row[0] == experiment]
        assert len(mine) >= 12
        assert mine[0][2] == pytest.approx(min(1, mine[0][1] * len(mine)))


def test_the_report_ships_neither_arm_of_the_subject_lines_that_truly_do_nothing(marts):
    decisions = marts.execute(
        "select distinct variant_key, decision from rpt_experiment_results "
        "where experiment_key = 'subject-tone' order by all"
    ).fetchall()
    assert decisions == [
        ("plain", "control"),
        ("urgent", "no difference"),
        ("warm", "no difference"),
    ]


def test_taste_truly_wins_but_so_few_people_can_not_show_it_and_the_report_says_so(marts):
    rows = marts.execute(
        "select distinct decision, reason, power from rpt_experiment_results "
        "where experiment_key = 'recommendation-source' and metric = 'conversion' "
        "and variant_key = 'taste'"
    ).fetchall()
    assert [(decision, power < 0.2) for decision, _, power in rows] == [("no difference", True)]
    assert "would have been found in 80 %" in rows[0][1]


def test_no_one_is_held_out_where_the_shop_did_not_ask_for_it(marts):
    assert marts.execute("select count(*) from dim_customers where is_holdout").fetchone() == (0,)
