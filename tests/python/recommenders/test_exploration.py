"""Exploration on the demo's lists: what is shown comes as often as its propensity says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
from builds import ROOT

from personalization.experiments.assignment import bucket

SHARE = 0.2
RULES = ("assert_no_list_shows_what_a_rule_leaves_out", "assert_only_sellable_products_are_listed")


@pytest.fixture(scope="module")
def explored(demo, tmp_path_factory):
    """The demo's lists made again with a fifth explored; data tests of the lists pass."""
    folder = tmp_path_factory.mktemp("explored")
    shutil.copy(demo.warehouse, folder / "warehouse.duckdb")
    models = [f"ml_recommendations_{name}" for name in ("told", "filled", "listed", "explored")]
    models += ["fct_recommendations", "fct_recommendation_receipts", "sync_recommendations", *RULES]
    built = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", "build"),
            *("--exclude-resource-type", "unit_test", "--profiles-dir", "profiles"),
            *("--target-path", str(folder / "target"), "--log-path", str(folder)),
            *("--vars", f"{{exploration_share: {SHARE}}}", "--select", *models),
        ],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "RAW_DATA"}
        | {"WAREHOUSE_PATH": str(folder / "warehouse.duckdb")},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as connection:
        yield connection


def test_what_is_shown_comes_as_often_as_its_propensity_says(explored):
    places, shown = explored.execute(
        "select count(*), sum(cast(is_explored as integer)) from ml.ml_recommendations_explored"
    ).fetchone()
    assert places > 50_000
    assert abs(shown - SHARE * places) < 4 * np.sqrt(SHARE * (1 - SHARE) * places)
    # By place, and by the product drawn of those in a pool.
    for rank, places, shown in explored.execute(
        "select rank, count(*), sum(cast(is_explored as integer))"
        " from ml.ml_recommendations_explored group by 1"
    ).fetchall():
        assert abs(shown - SHARE * places) < 4 * np.sqrt(SHARE * (1 - SHARE) * places), rank
    chances = explored.execute(
        "select propensity, count(*) from marts.fct_recommendations"
        " where source = 'exploration' group by 1"
    ).fetchall()
    assert {chance for chance, _ in chances} == {0.1, 0.2}


def test_inverse_propensities_add_up_to_the_places(explored):
    """Over a pool of p a place has p + 1 products, each shown once in 1 / propensity times."""
    low, high = 0.1, 0.8
    # Of lists behind which models rank forty more, so that every pool holds two.
    propensities, is_explored = (
        explored.execute(
            "select propensity, is_explored from ml.ml_recommendations_explored"
            " where (customer_id, list_name) in ("
            "   select customer_id, list_name from ml.ml_recommendations_told"
            "   group by customer_id, list_name having max(rank) = 60 and count(chained_term) = 0"
            " )"
        )
        .fetchnumpy()
        .values()
    )
    n = len(propensities)
    assert n > 20_000
    assert np.array_equal(propensities, np.where(is_explored, low, high))
    mean = np.mean(1 / propensities)
    # 0.2 x 10 + 0.8 x 1.25.
    assert abs(mean - 3) < 5 * np.sqrt(0.16) * (1 / low - 1 / high) / np.sqrt(n)


def test_no_list_holds_a_product_twice_and_lists_are_as_long_as_before(explored, demo):
    lists = "select count(*) from marts.fct_recommendations"
    with duckdb.connect(demo.warehouse, read_only=True) as before:
        assert explored.execute(lists).fetchone() == before.execute(lists).fetchone()
    assert not explored.execute(
        "select 1 from marts.fct_recommendations group by customer_id, list_name, product_id"
        " having count(*) > 1"
    ).fetchall()


def test_the_draw_is_the_documented_hash(explored):
    rows = explored.execute(
        "select customer_id, list_name, rank, is_explored, cast(as_of as date)"
        " from ml.ml_recommendations_explored cross join intermediate.int_as_of"
        " order by 1, 2, 3 limit 2000"
    ).fetchall()
    for customer, name, rank, is_explored, day in rows:
        drawn = bucket(f"exploration:{day}", f"{customer}:{name}:{rank}")
        assert is_explored == (drawn < SHARE * 10_000)


def test_the_mail_platform_is_told_the_propensities_of_what_it_shows(explored):
    told, listed = explored.execute(
        "select sent.rec_propensities, '[' || string_agg(cast(listed.propensity as varchar), ','"
        " order by listed.rank) || ']'"
        " from marts.sync_recommendations as sent inner join marts.fct_recommendations as listed"
        " on sent.customer_id = listed.customer_id and listed.list_name = 'for_you'"
        " and listed.rank <= 10 group by all having min(listed.propensity) < 1"
        " order by 1 limit 1"
    ).fetchone()
    assert told == listed
