import inspect
from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import compute
from recommender_tables import SETTINGS_OF_RANKER, candidate_rows, labels, shuffled

from personalization.recommenders import hybrid, kept_trials
from personalization.recommenders.ranker import Rows, Settings

SETTINGS = Settings(**SETTINGS_OF_RANKER | {"rounds": 5})
CUSTOMERS, PRODUCTS = 24, 6


def candidates(purpose: str) -> pa.Table:
    random = np.random.default_rng([*map(ord, purpose)])
    count = CUSTOMERS * PRODUCTS
    score = random.random(count)
    return candidate_rows(
        np.repeat(np.arange(CUSTOMERS), PRODUCTS),
        np.tile(np.arange(PRODUCTS), CUSTOMERS),
        purpose=purpose,
        taste_120=score,
        ease_score=random.random(count),
        is_bought=score > 0.6,
        was_ordered=random.random(count) < 0.3,
        is_learned_from=score > 0.2,
    )


ROWS = pa.concat_tables(map(candidates, ("test", "train_1", "validation")))
LABELS = labels(
    *(("validation", c, c % PRODUCTS, c % 2 == 0) for c in range(CUSTOMERS)),
    ("validation", 0, 5, True),
)
NOTHING = kept_trials.SCHEMA.empty_table()


def moments_of(rows: pa.Table) -> dict[str, Rows]:
    with duckdb.connect() as connection:
        relation = connection.from_arrow(rows)
        return hybrid.moments_of(relation, relation, SETTINGS)


def digest(rows=ROWS, bought=LABELS, settings=SETTINGS) -> str:
    return kept_trials.digest(moments_of(rows), bought, settings)


def trials_of(kept: pa.Table, rows=ROWS, bought=LABELS) -> pa.Table:
    return kept_trials.try_or_recall(moments_of(rows), bought, kept, SETTINGS)


def with_column(table: pa.Table, name: str, values) -> pa.Table:
    return table.set_column(
        table.column_names.index(name), name, pa.array(values, table.schema.field(name).type)
    )


def changed(name: str, place: int, value) -> pa.Table:
    values = ROWS[name].to_pylist()
    assert values[place] != value
    values[place] = value
    return with_column(ROWS, name, values)


def renamed(table: pa.Table, keys: dict[str, list[int]]) -> pa.Table:
    for name, new in keys.items():
        table = with_column(table, name, [new[key] for key in table[name].to_pylist()])
    return table


@pytest.fixture
def searches(monkeypatch):
    """How often settings were searched."""
    every = []
    search = hybrid.try_models
    monkeypatch.setattr(hybrid, "try_models", lambda *args: every.append(args) or search(*args))
    return every


def test_what_was_kept_is_recalled_as_it_is_and_nothing_is_searched(searches):
    trials = trials_of(NOTHING)
    assert trials.schema == kept_trials.SCHEMA
    assert len(searches) == 1
    planted = with_column(trials, "ndcg", [0.5] * len(trials))
    assert trials_of(planted).equals(planted)
    assert len(searches) == 1


def test_recalled_or_searched_whatever_else_was_kept_the_trials_are_the_same(searches):
    trials = trials_of(NOTHING)
    expected = hybrid.try_models(moments_of(ROWS), LABELS, SETTINGS)
    assert trials.select(hybrid.TRIALS.names).equals(
        expected.sort_by([("list_name", "ascending"), ("model_version", "ascending")])
    )
    others = with_column(trials, "inputs_sha256", ["another"] * len(trials))
    others = with_column(others, "ndcg", [1.0] * len(trials))
    for kept in (others, pa.concat_tables([others, shuffled(trials, 3)])):
        assert trials_of(kept).equals(trials)
    assert len(searches) == 3


def test_rows_kept_for_several_retrainings_are_recalled_once(searches):
    trials = trials_of(NOTHING)
    assert trials_of(pa.concat_tables([trials, shuffled(trials, 1)])).equals(trials)
    assert len(searches) == 1


LAST = len(ROWS) - 1
TRAINED = CUSTOMERS * PRODUCTS


@pytest.mark.parametrize(
    "rows",
    [
        changed("taste_120", TRAINED, 0.125),
        changed("taste_120", LAST, 0.125),
        changed("ease_score", LAST, None),
        changed("is_bought", TRAINED, not ROWS["is_bought"][TRAINED].as_py()),
        changed("was_ordered", LAST, not ROWS["was_ordered"][LAST].as_py()),
        changed("is_learned_from", TRAINED, not ROWS["is_learned_from"][TRAINED].as_py()),
        ROWS.slice(0, LAST),
        ROWS.filter(compute.not_equal(ROWS["purpose"], "train_1")),
        ROWS.rename_columns([{"ease_score": "als_score"}.get(n, n) for n in ROWS.column_names]),
    ],
)
def test_other_rows_are_searched_again(rows, searches):
    kept = trials_of(NOTHING)
    trials_of(kept, rows)
    assert len(searches) == 2


def test_equal_rows_of_other_customers_are_searched_again():
    moments = moments_of(ROWS)
    customers = moments["train_1"].customers.copy()
    # What was the second customer's first candidate is the first one's last.
    customers[PRODUCTS] = customers[0]
    moments["train_1"] = moments["train_1"]._replace(customers=customers)
    assert kept_trials.digest(moments, LABELS, SETTINGS) != digest()


@pytest.mark.parametrize(
    "bought",
    [
        # One customer bought more, new or not; another bought as much, but nothing new.
        pa.concat_tables([LABELS, labels(("validation", 3, 5, True))]),
        pa.concat_tables([LABELS, labels(("validation", 3, 5, False))]),
        with_column(LABELS, "is_new", [False, *LABELS["is_new"].to_pylist()[1:]]),
        LABELS.slice(1),
    ],
)
def test_other_labels_are_searched_again(bought, searches):
    kept = trials_of(NOTHING)
    trials_of(kept, bought=bought)
    assert len(searches) == 2


@pytest.mark.parametrize("other", [{"seed": 2}, {"rounds": [5, 9]}, {"min_customers": 6}])
def test_other_settings_are_searched_again(other):
    assert digest(settings=replace(SETTINGS, **other)) != digest()


def test_other_code_and_other_libraries_are_searched_again(monkeypatch):
    before = digest()
    source = inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda module: source(module) + "# Another line.")
    other_code = digest()
    monkeypatch.setattr(kept_trials, "version", lambda name: f"{name} of tomorrow")
    assert len({before, other_code, digest()}) == 3


def test_the_test_moment_is_no_part_of_it():
    without = ROWS.filter(compute.not_equal(ROWS["purpose"], "test"))
    later = labels(("test", 3, 5, True), ("train_1", 4, 5, True))
    assert digest(without, pa.concat_tables([LABELS, later])) == digest()


def test_the_order_in_which_rows_come_does_not_matter():
    assert digest(shuffled(ROWS, 1), shuffled(LABELS, 2)) == digest()


def test_newcomers_move_keys_but_neither_digest_nor_trials():
    trials = trials_of(NOTHING)
    keys = {
        "customer_key": [3 * key + key % 2 for key in range(CUSTOMERS)],
        "product_key": [key + 4 for key in range(PRODUCTS)],
    }
    moved = [renamed(table, keys) for table in (ROWS, LABELS)]
    # What somebody bought who has no candidates judges nobody.
    bought = pa.concat_tables([moved[1], labels(("validation", 2, 5, True))])
    assert digest(moved[0], bought) == digest()
    assert trials_of(NOTHING, moved[0], bought).equals(trials)


@pytest.mark.parametrize("purposes", [(), ("validation",), ("train_1",)])
def test_a_young_shop_has_its_digest_too(purposes):
    rows = ROWS.filter(compute.is_in(ROWS["purpose"], pa.array(purposes, pa.string())))
    trials = trials_of(NOTHING, rows)
    assert trials_of(trials, rows).equals(trials)
    # A newcomer in their midst.
    keys = {"customer_key": [key + (key >= 7) for key in range(CUSTOMERS)]}
    moved = [renamed(table, keys) for table in (rows, LABELS)]
    assert trials_of(NOTHING, *moved).equals(trials)
