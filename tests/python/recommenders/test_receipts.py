import ast
import re

import duckdb
import lightgbm
import numpy as np
import pytest
from builds import ROOT
from recommender_tables import SETTINGS_OF_RANKER, candidate_rows

from personalization.recommenders import ranker, receipts
from personalization.recommenders.receipts import TERMS, of_leaves

NAMES = ("due_ratio", "price_paid", "ease_score", "gap_days")
PLACES = {term: place for place, term in enumerate(TERMS)}


def grown(num_leaves=7, rounds=30, seed=0, **more) -> tuple[lightgbm.Booster, np.ndarray]:
    """A booster over four features, and rows with missing values that it learned from."""
    random = np.random.default_rng(seed)
    rows = random.random((400, len(NAMES))).astype(np.float32)
    rows[random.random(rows.shape) < 0.2] = np.nan
    rows[:, 3] = 1
    filled = np.nan_to_num(rows)
    wanted = filled[:, 0] * filled[:, 1] + np.sin(5 * filled[:, 2])
    parameters = {
        "num_leaves": num_leaves,
        "min_data_in_leaf": 5,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "verbosity": -1,
        "num_threads": 1,
        "seed": seed,
    }
    data = lightgbm.Dataset(rows, wanted, feature_name=list(NAMES))
    return lightgbm.train(parameters | more, data, rounds), rows


def features_alone(booster, rows) -> np.ndarray:
    """(n, features + 1): what each feature gives, and the mean, as lightgbm lays them out."""
    table, starts = of_leaves(booster, np.arange(len(NAMES)), len(NAMES))
    leaves = booster.predict(rows, pred_leaf=True).reshape(len(rows), -1).astype(int)
    return table[leaves + starts].sum(axis=1)


# One tree that a person can follow: 3 of 4 rows go left, 1 of those 3 left again.
TREE = {
    "split_feature": 1,
    "left_child": {
        "split_feature": 0,
        "internal_count": 3,
        "left_child": {"leaf_index": 0, "leaf_value": 4.0, "leaf_count": 1},
        "right_child": {"leaf_index": 2, "leaf_value": 1.0, "leaf_count": 2},
    },
    "right_child": {"leaf_index": 1, "leaf_value": -2.0, "leaf_count": 1},
}


class Told:
    """What a booster says of its trees."""

    def __init__(self, *trees: tuple[dict, int]):
        self.trees = [{"tree_structure": tree, "num_leaves": leaves} for tree, leaves in trees]

    def dump_model(self) -> dict:
        return {"tree_info": self.trees}


def test_each_split_on_the_way_gives_its_term_what_it_changes_of_the_mean():
    table, starts = of_leaves(Told((TREE, 3)), np.array([0, 1]), 2)
    # The means: 2 of the three on the left, (3 * 2 - 2) / 4 = 1 of all.
    assert table.tolist() == [[2, 1, 1], [0, -3, 1], [-1, 1, 1]]
    assert starts.tolist() == [0]


def test_features_of_one_term_add_up_in_it():
    table, _ = of_leaves(Told((TREE, 3)), np.array([1, 1]), 2)
    assert table.tolist() == [[0, 3, 1], [0, -3, 1], [0, 0, 1]]


def test_a_tree_without_a_split_is_all_mean_and_the_next_one_starts_behind_it():
    table, starts = of_leaves(Told(({"leaf_value": 0.5}, 1), (TREE, 3)), np.array([0, 1]), 2)
    assert table[0].tolist() == [0, 0, 0.5]
    assert starts.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("num_leaves", [2, 7, 31])
def test_terms_and_the_mean_sum_to_what_the_booster_predicts(num_leaves, seed):
    booster, rows = grown(num_leaves, seed=seed)
    assert np.allclose(features_alone(booster, rows).sum(1), booster.predict(rows), atol=1e-12)
    assert booster.predict(rows).std() > 0.1


@pytest.mark.parametrize("num_leaves", [2, 15])
def test_the_mean_is_that_of_treeshap(num_leaves):
    booster, rows = grown(num_leaves)
    expected = booster.predict(rows, pred_contrib=True)[:, -1]
    assert np.allclose(features_alone(booster, rows)[:, -1], expected, atol=1e-12)


def test_trees_of_one_split_are_told_as_by_treeshap():
    booster, rows = grown(num_leaves=2)
    expected = booster.predict(rows, pred_contrib=True)
    assert np.allclose(features_alone(booster, rows), expected, atol=1e-12)
    assert (np.abs(expected[:, :3]).max(0) > 0.02).all()


def test_a_feature_that_is_never_split_on_gives_nothing():
    booster, rows = grown()
    assert (features_alone(booster, rows)[:, 3] == 0).all()
    assert booster.feature_importance()[3] == 0


def test_rows_are_told_by_the_terms_of_their_features(monkeypatch):
    booster, rows = grown()
    alone = features_alone(booster, rows)
    # Rows in several parts.
    monkeypatch.setattr(receipts, "_ROWS", 150)
    told = receipts.explain(booster, rows, NAMES)
    assert np.allclose(told[:, PLACES["own_purchases"]], alone[:, 0] + alone[:, 3])
    assert np.allclose(told[:, PLACES["price"]], alone[:, 1])
    assert np.allclose(told[:, PLACES["others_taste"]], alone[:, 2])
    assert (told[:, PLACES["customer"]] == 0).all()


def test_what_a_row_is_told_does_not_depend_on_the_rows_beside_it():
    booster, rows = grown()
    every = receipts.explain(booster, rows, NAMES)
    assert np.array_equal(receipts.explain(booster, rows[7:9], NAMES), every[7:9])
    assert receipts.explain(booster, rows[:0], NAMES).shape == (0, len(TERMS))


def test_the_score_of_a_single_model_is_one_term():
    told = receipts.alone(np.array([0.5, 2]), "due_score")
    assert told[:, PLACES["own_purchases"]].tolist() == [0.5, 2]
    assert told.sum() == 2.5


# The features.


def test_every_feature_is_of_one_term():
    every = [feature for features in TERMS.values() for feature in features]
    assert len(set(every)) == len(every)


def test_a_feature_without_a_term_is_named():
    with pytest.raises(ValueError, match="has moon_phase, tide; add it to one"):
        receipts.terms_of(["due_ratio", "moon_phase", "tide"])


def test_the_terms_name_the_features_that_the_ranker_has(demo):
    with duckdb.connect(str(demo.warehouse), read_only=True) as connection:
        rows = connection.sql("from ml.ml_ranker_rows limit 5").to_arrow_table()
    names = ranker.rows_of(rows, evidence=2).names
    optional = {"sequence_score", "relative_sequence_score"}
    assert {name for features in TERMS.values() for name in features} - optional == set(names)


def test_sql_tells_the_same_terms():
    macro = (ROOT / "macros" / "receipts.sql").read_text().split("{% macro")[1]
    assert re.findall(r"'(\w+)'", macro) == list(TERMS)


def test_every_single_model_is_the_term_of_its_score():
    sql = (ROOT / "macros/recommenders.sql").read_text()
    dictionaries = re.findall(r"(\{\s+'repeat'.*?\})", sql, re.S)
    columns, terms = map(ast.literal_eval, dictionaries)
    assert terms == {
        model: next(term for term, features in TERMS.items() if column in features)
        for model, column in columns.items()
    }


def test_a_ranker_is_told_to_its_last_row():
    random = np.random.default_rng(1)
    customers, products = np.repeat(np.arange(40), 8), np.tile(np.arange(8), 40)
    due = random.random(320)
    table = candidate_rows(
        customers, products, due_ratio=due, price_paid=random.random(320), is_bought=due > 0.7
    )
    rows = ranker.rows_of(table.drop_columns(["purpose"]), 2)
    booster = ranker.train([rows], "for_you", ranker.Settings(**SETTINGS_OF_RANKER))
    told = receipts.explain(booster, rows.features, rows.names)
    base = booster.predict(rows.features) - told.sum(axis=1)
    assert np.ptp(base) < 1e-12
    assert np.abs(told[:, PLACES["own_purchases"]]).mean() > np.abs(told).mean()
