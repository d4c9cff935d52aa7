from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from recommender_tables import shuffled, table

from personalization.recommenders import evaluation, rating_evaluation
from personalization.recommenders.candidates import Plan

MOMENT = datetime(2026, 2, 1)
BIASES = {"factors": 0, "factor_penalty": 1.0, "bias_penalty": 1.0, "iterations": 50, "seed": 7}
PLAN = Plan(9, 1, 99, 1.0, 0.0, BIASES)
TYPES = {"customer_key": pa.int32(), "product_key": pa.int32(), "stars": pa.float64()}


def known(*rows):
    return table(*rows, **TYPES)


def late(*rows):
    return table(*((MOMENT, *row) for row in rows), as_of=pa.timestamp("us"), **TYPES)


def test_errors_of_the_model_stand_beside_those_of_the_global_mean():
    # Product 10 is said to be good and 20 bad, by so many that a customer's own bias is small.
    said = [(c, p, s) for c in range(200) for p, s in ((10, 5.0), (20, 1.0))]
    rows = rating_evaluation.evaluate(
        known(*said), late((7, 10, 5.0), (900, 20, 1.0), (7, 30, 3.0)), PLAN
    )
    assert rows.schema == evaluation.SCHEMA
    found = {(r["model_name"], r["metric"]): r for r in rows.to_pylist()}
    # Stars are 5, 1 and, of what nobody rated, 3; the mean is 3.
    assert found["ratings", "mae"]["value"] == pytest.approx(0.02 / 3, abs=0.02)
    assert found["global_mean", "mae"]["value"] == pytest.approx(4 / 3)
    gain = found["ratings", "mae_gain"]
    assert gain["value"] == pytest.approx(4 / 3, abs=0.02)
    assert gain["ci_low"] < gain["value"] < gain["ci_high"]
    assert {(r["n"], r["task"], r["split"], r["segment"], r["k"]) for r in rows.to_pylist()} == {
        (3, "ratings", "test", "all", 0)
    }
    assert {r["as_of"] for r in rows.to_pylist()} == {MOMENT}


def test_without_ratings_before_or_after_nothing_is_said():
    one = (1, 10, 4.0)
    for tables in ((known(), late()), (known(one), late()), (known(), late(one))):
        assert rating_evaluation.evaluate(*tables, PLAN).equals(evaluation.SCHEMA.empty_table())


def test_one_rating_before_and_one_after_are_judged():
    rows = rating_evaluation.evaluate(known((1, 10, 4.0)), late((2, 20, 1.0)), PLAN).to_pylist()
    assert [r["value"] for r in rows] == [3, 0, 3]
    assert rows[1]["ci_low"] is None


def test_row_order_changes_no_bit():
    random = np.random.default_rng(0)
    rows = [(int(c), int(p), float(1 + (c * p) % 5)) for c, p in random.integers(0, 40, (300, 2))]
    rows = list({row[:2]: row for row in rows}.values())
    plan = Plan(9, 1, 99, 1.0, 0.0, BIASES | {"factors": 3})
    expected = rating_evaluation.evaluate(known(*rows[:200]), late(*rows[200:]), plan)
    again = rating_evaluation.evaluate(
        shuffled(known(*rows[:200]), 1), shuffled(late(*rows[200:]), 2), plan
    )
    assert again.equals(expected)
