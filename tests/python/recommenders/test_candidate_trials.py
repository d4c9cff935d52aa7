import inspect
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from recommender_tables import Fixed, pairs, shown, shuffled, tastes

from personalization.recommenders import (
    algorithms,
    candidate_trials,
    candidates,
    ease,
    kept_trials,
    metrics_of_lists,
    neighbours,
    topk,
)
from personalization.recommenders import fitted as fitted_models
from personalization.recommenders.candidate_trials import chosen, discoveries, discovers
from personalization.recommenders.candidates import Plan, moment_of, most_liked

PLAN = Plan(9, 1, 99, 1.0, 0.0, {})
NOTHING = kept_trials.SCHEMA.empty_table()

# Customer 1 ordered 10, customer 2 ordered 20, customer 3 ordered 30 and looked at 10.
TASTES = tastes(
    ("", 1, 10, 1.0, True),
    ("", 2, 20, 1.0, True),
    ("", 3, 30, 1.0, True),
    ("", 3, 10, 0.1, False),
)
ASKED = pairs(("", 1, 10), ("", 2, 20), ("", 3, 30), ("", 3, 10))
SHOWN = shown("", 10, 20, 30)
BOUGHT = pairs(("", 1, 30))

# Customer 1 goes on to buy 30; sign -1 puts it first, sign 1 puts 20 first.
SIGNED = np.array([[9, 5, 4], [3, 8, 2], [1, 6, 7]])


@pytest.fixture
def fitted(monkeypatch):
    """The signs with which the model of these tests was fitted."""
    every = []

    def fit(weights, sign):
        every.append(sign)
        return Fixed(sign * SIGNED[: weights.shape[0], : weights.shape[1]])

    monkeypatch.setattr(algorithms, "fit_signed", fit, raising=False)
    return every


def tried(bought=BOUGHT, liked=TASTES, asked=ASKED, may_show=SHOWN, kept=NOTHING, signs=(1, -1)):
    plan = replace(PLAN, model={"sign": list(signs)})
    return candidate_trials.try_or_recall({"signed": plan}, liked, asked, may_show, bought, kept)


def choice(*args, signs=(1, -1), **given) -> int:
    trials = tried(*args, signs=signs, **given)
    return chosen("signed", replace(PLAN, model={"sign": list(signs)}), trials).model["sign"]


def test_the_setting_that_discovers_best_is_chosen(fitted):
    assert choice(BOUGHT) == -1
    assert choice(pairs(("", 1, 20))) == 1
    assert choice(BOUGHT, signs=(-1, 1)) == -1
    assert fitted == [1, -1, 1, -1, -1, 1]


def test_every_way_is_a_row_of_its_own_with_its_settings_and_what_it_reached(fitted):
    rows = tried(BOUGHT).to_pylist()
    assert {(r["parameters"], round(r["ndcg"], 4), r["n"], r["is_chosen"]) for r in rows} == {
        ('{"sign": 1}', round(1 / np.log2(3), 4), 1, False),
        ('{"sign": -1}', 1.0, 1, True),
    }
    assert {(r["list_name"], r["model_name"]) for r in rows} == {("discover", "signed")}
    assert {r["model_version"] for r in rows} == {
        replace(PLAN, model={"sign": sign}).version("signed") for sign in (1, -1)
    }


def test_judged_are_customers_however_much_they_found(fitted):
    assert tried(pairs(("", 1, 20), ("", 1, 30)))["n"].to_pylist() == [1, 1]


def test_each_model_has_its_own_choice(fitted, monkeypatch):
    monkeypatch.setattr(
        algorithms, "fit_other", lambda _, sign: Fixed(-sign * SIGNED), raising=False
    )
    plans = {name: replace(PLAN, model={"sign": [1, -1]}) for name in ("other", "signed")}
    trials = candidate_trials.try_or_recall(plans, TASTES, ASKED, SHOWN, BOUGHT, NOTHING)
    assert [chosen(name, plans[name], trials).model["sign"] for name in plans] == [1, -1]
    assert trials.schema == kept_trials.SCHEMA


def test_what_had_been_ordered_before_does_not_choose(fitted):
    again = pa.concat_tables([TASTES, tastes(("", 1, 20, 0.5, True))])
    wanted = pairs(("", 1, 20), ("", 2, 30), ("", 2, 99))
    assert choice(wanted, liked=again) == -1


def test_what_there_is_to_discover_is_what_was_bought_and_had_never_been_ordered():
    moment = moment_of(TASTES, ASKED, SHOWN, most_liked(TASTES, PLAN))
    bought = pairs(("", 1, 10), ("", 1, 20), ("", 1, 99), ("", 2, 30), ("", 3, 30), ("", 7, 10))
    wanted = discoveries(moment, bought)
    # Of 1 and 2 there is one product each to find, 20 and 30.
    assert wanted.tolist() == [1, 5]

    def quality(scores):
        return discovers(moment, lambda _: Fixed(scores), PLAN, wanted)

    # First and second.
    assert quality([[9, 5, 4], [3, 8, 2], [-7, 6, 1]]) == pytest.approx((1 + 1 / np.log2(3)) / 2)
    assert quality(np.ones((3, 3))) == pytest.approx((1 + 1 / np.log2(3)) / 2)
    assert quality(np.zeros((3, 3))) == 0


def test_what_had_only_been_looked_at_is_a_discovery(fitted):
    # Customer 3 looked at 10: sign -1 puts it before 20.
    assert choice(pairs(("", 3, 10))) == -1


@pytest.mark.parametrize("signs", [(1, -1), (-1, 1)])
def test_the_first_setting_holds_where_nothing_chooses(signs, fitted):
    unknown = pairs(("", 77, 30), ("", 1, 99))
    everything_had = pairs(("", 1, 10), ("", 2, 20))
    for nothing in (pairs(), unknown, everything_had):
        assert choice(nothing, signs=signs) == signs[0]
    assert choice(BOUGHT, tastes(), pairs(), shown(""), signs=signs) == signs[0]
    # Where there is nothing to find nothing is fitted.
    assert fitted == []


def test_one_setting_is_chosen(fitted):
    assert choice(pairs(("", 1, 20)), signs=(-1,)) == -1


# What was kept.


def test_equal_inputs_are_recalled_and_nothing_is_fitted(fitted):
    kept = tried()
    before = len(fitted)
    assert tried(kept=kept).equals(kept)
    assert len(fitted) == before
    planted = kept.set_column(5, "ndcg", pa.array([0.25, 0.125]))
    assert tried(kept=planted).equals(planted)


def test_rows_kept_for_several_retrainings_are_recalled_once(fitted):
    kept = tried()
    assert tried(kept=pa.concat_tables([kept, kept])).equals(kept)


@pytest.mark.parametrize("seed", range(3))
def test_neither_the_order_of_rows_nor_a_newcomer_changes_the_trials(fitted, seed):
    kept = tried()
    tables = [shuffled(table, seed) for table in (BOUGHT, TASTES, ASKED, SHOWN)]
    assert tried(*tables).equals(kept)

    def later(table):
        keys = pa.compute.add(table["customer_key"], 1).cast(pa.int32())
        return table.set_column(1, "customer_key", keys)

    # A newcomer is first: every key behind is another, and nobody's place is.
    assert tried(later(BOUGHT), later(TASTES), later(ASKED)).equals(kept)


def test_other_inputs_are_searched_again(fitted):
    kept = tried()
    more = pairs(("", 1, 30), ("", 2, 10))
    liked = pa.concat_tables([TASTES.slice(1), tastes(("", 1, 10, 2.0, True))])
    ordered = pa.concat_tables([TASTES.slice(0, 3), tastes(("", 3, 10, 0.1, True))])
    for given in (
        {"bought": more},
        {"liked": liked},
        {"liked": ordered},
        {"asked": ASKED.slice(1)},
        # The same entry of another customer.
        {"asked": pa.concat_tables([ASKED.slice(1), pairs(("", 2, 10))])},
        {"may_show": shown("", 10, 30)},
        {"signs": (1, -2)},
    ):
        before = len(fitted)
        assert set(tried(kept=kept, **given)["inputs_sha256"].to_pylist()).isdisjoint(
            kept["inputs_sha256"].to_pylist()
        )
        assert len(fitted) == before + 2


@pytest.mark.parametrize(
    "changed",
    [
        algorithms,
        candidate_trials,
        candidates,
        ease,
        fitted_models,
        metrics_of_lists,
        neighbours,
        topk,
    ],
)
def test_other_code_is_searched_again(fitted, monkeypatch, changed):
    kept = tried()
    source = inspect.getsource
    monkeypatch.setattr(
        inspect, "getsource", lambda module: source(module) + "# More." * (module is changed)
    )
    tried(kept=kept)
    assert fitted == 2 * [1, -1]


def test_other_libraries_are_searched_again(fitted, monkeypatch):
    kept = tried()
    monkeypatch.setattr(candidate_trials, "version", lambda name: f"{name} of tomorrow")
    tried(kept=kept)
    assert fitted == 2 * [1, -1]


def test_trials_of_another_model_with_the_same_settings_are_its_own(fitted, monkeypatch):
    kept = tried()
    monkeypatch.setattr(algorithms, "fit_other", algorithms.fit_signed, raising=False)
    plans = {"other": replace(PLAN, model={"sign": [1, -1]})}
    found = candidate_trials.try_or_recall(plans, TASTES, ASKED, SHOWN, BOUGHT, kept)
    assert set(found["model_name"].to_pylist()) == {"other"}
