import numpy as np
import pyarrow as pa
import pytest
from recommender_tables import SETTINGS_OF_RANKER, candidate_rows, shuffled
from threadpoolctl import threadpool_limits

from personalization.recommenders import ranker
from personalization.recommenders.ranker import Settings, collaborative_weight, in_customers

SETTINGS = Settings(**SETTINGS_OF_RANKER)


def rows_of(customers, products, evidence=2, **columns) -> ranker.Rows:
    table = candidate_rows(customers, products, **columns).drop_columns(["purpose"])
    return ranker.rows_of(table, evidence)


# What rows are made of.


def test_rows_are_sorted_by_customer_and_product_with_all_that_belongs_to_them():
    rows = rows_of([2, 1, 1], [10, 30, 20], price=[1, 2, 3], is_bought=[True, False, True])
    assert rows.customers.tolist() == [1, 1, 2]
    assert rows.products.tolist() == [20, 30, 10]
    assert rows.column("price").tolist() == [3, 2, 1]
    assert rows.is_bought.tolist() == [True, False, True]
    assert rows.names == ("taste_count", "price")


def test_the_weight_of_others_is_0_without_history_a_half_at_evidence_and_never_falls():
    counts = np.r_[np.nan, np.arange(3000), 1e6, 1e7].astype(np.float32)
    for evidence in (5, 5.3, 0.1):
        weights = collaborative_weight(counts, evidence)
        assert weights[0] == weights[1] == 0
        assert (np.diff(weights) >= 0).all()
        assert weights.max() < 1
        assert collaborative_weight(np.array([evidence]), evidence) == 0.5


def test_collaborative_scores_enter_with_that_weight_and_others_do_not():
    names = (*ranker.COLLABORATIVE, "taste_60", "popular_score")
    columns = dict.fromkeys(names, np.full(3, 8.0))
    rows = rows_of([1, 2, 3], [10, 10, 10], taste_count=[2, 6, np.nan], **columns)
    for name in ranker.COLLABORATIVE:
        assert rows.column(name).tolist() == [4, 6, 0]
    assert rows.column("taste_60").tolist() == [8, 8, 8]
    assert rows.column("popular_score").tolist() == [8, 8, 8]


def relative(*scores, customers=None) -> list:
    customers = customers or [1] * len(scores)
    rows = rows_of(customers, range(len(scores)), ease_score=scores, popular_score=scores)
    assert "relative_popular_score" not in rows.names
    return rows.column("relative_ease_score").tolist()


def test_relative_scores_stand_beside_the_customers_own_best():
    assert relative(2, 4, 1) == [0.5, 1, 0.25]
    assert relative(2, 4, 1, 10, customers=[1, 1, 2, 2]) == pytest.approx([0.5, 1, 0.1, 1])


def test_relative_scores_fall_as_scores_fall_whatever_their_sign():
    assert relative(4, -2) == [1, -0.5]
    assert relative(-2, -4, -1) == [-2, -4, -1]


def test_what_has_no_score_has_no_relative_one_nor_has_anything_beside_a_best_of_0():
    found = relative(np.nan, 4, np.nan, customers=[1, 1, 2])
    assert np.isnan(found[0]) and np.isnan(found[2])
    assert found[1] == 1
    assert np.isnan(relative(0, -3, 0)).all()


def test_relative_scores_come_for_the_columns_that_are_there():
    rows = rows_of([1], [10], taste_60=[2.0], user_knn_score=[3.0], trend=[1.0])
    assert rows.names[-2:] == ("relative_user_knn_score", "relative_taste_60")


def test_of_discover_are_the_candidates_never_ordered():
    rows = rows_of([1, 1, 2], [10, 20, 10], was_ordered=[True, False, False])
    assert rows.of("for_you").products.tolist() == [10, 20, 10]
    assert rows.of("discover").products.tolist() == [20, 10]
    assert rows.of("discover").features.shape == (2, 1)


def test_no_candidates_and_features_all_unknown_are_laid_out():
    assert rows_of([], [], ease_score=[]).features.shape == (0, 3)
    unknown = rows_of([1, 2], [10, 10], ease_score=[np.nan] * 2, taste_count=[np.nan] * 2)
    assert np.isnan(unknown.features).all()


# A world in which customers buy what pays off twice over: no single feature tells it.


def world(customers=60, products=10, seed=0, **more) -> dict:
    random = np.random.default_rng(seed)
    count = customers * products
    left, right = random.random((2, count)) < 0.5
    columns = {
        "left": left + random.random(count) / 4,
        "right": right + random.random(count) / 4,
        "ease_score": random.random(count),
        "is_bought": left != right,
        "was_ordered": random.random(count) < 0.3,
        "is_learned_from": (left != right) | (random.random(count) < 0.7),
    }
    return {
        "customers": np.repeat(np.arange(customers), products),
        "products": np.tile(np.arange(products), customers),
        **columns,
        **more,
    }


def predictions(train, judged=None, settings=SETTINGS, list_name="for_you") -> np.ndarray:
    booster = ranker.train(train, list_name, settings)
    return booster.predict((judged or rows_of(**world(seed=9))).features)


@pytest.fixture(scope="module")
def past():
    return [rows_of(**world(seed=seed)) for seed in (1, 2)]


def test_the_ranker_learns_what_no_single_feature_tells(past):
    judged = rows_of(**world(seed=9))
    wanted = dict(enumerate(np.bincount(judged.customers[judged.is_bought], minlength=60)))
    quality, count = ranker.quality(judged, predictions(past, judged), wanted)
    assert quality > 0.98
    assert count == 60
    for name in ("left", "right", "ease_score"):
        assert ranker.quality(judged, judged.column(name), wanted)[0] < 0.85


@pytest.mark.parametrize("seed", range(3))
def test_row_order_does_not_change_a_bit(past, seed):
    tables = [candidate_rows(**world(seed=s)).drop_columns(["purpose"]) for s in (1, 2)]
    mixed = [ranker.rows_of(shuffled(table, seed), 2) for table in tables]
    for ours, theirs in zip(mixed, past, strict=True):
        assert all(
            np.array_equal(a, b, equal_nan=a.dtype == np.float32)
            for a, b in zip(ours, theirs, strict=True)
            if isinstance(a, np.ndarray)
        )
    assert np.array_equal(predictions(mixed), predictions(past))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_number_of_threads_gives_the_same_bits(past, threads):
    settings = Settings(**SETTINGS_OF_RANKER | {"share": 0.5})
    expected = predictions(past, settings=settings)
    with threadpool_limits(threads):
        assert np.array_equal(predictions(past, settings=settings), expected)


def test_another_seed_draws_another_share(past):
    drawn = [
        predictions(past, settings=Settings(**SETTINGS_OF_RANKER | {"share": 0.5, "seed": seed}))
        for seed in (1, 2)
    ]
    assert not np.array_equal(*drawn)


def test_rows_not_learned_from_and_customers_who_bought_nothing_teach_nothing():
    kept = world(seed=1)
    bought = kept["is_bought"] & (kept["customers"] >= 20)
    learned = kept["is_learned_from"]
    changed = np.where(learned & (kept["customers"] >= 20), kept["left"], -99)
    one, other = (
        rows_of(**kept | {"is_bought": bought, "left": left}) for left in (kept["left"], changed)
    )
    assert np.array_equal(predictions([one]), predictions([other]))


def test_discover_learns_only_from_what_was_never_ordered():
    kept = world(seed=1)
    changed = np.where(kept["was_ordered"], -99, kept["left"])
    one, other = (rows_of(**kept | {"left": left}) for left in (kept["left"], changed))
    mine, theirs = (predictions([rows], list_name="discover") for rows in (one, other))
    assert np.array_equal(mine, theirs)
    assert not np.array_equal(predictions([one]), predictions([other]))


def test_below_min_customers_who_bought_a_candidate_there_is_no_ranker():
    kept = world(customers=12, seed=1)
    for buyers, is_there in ((4, False), (5, True)):
        bought = kept["is_bought"] & (kept["customers"] < buyers)
        rows = rows_of(**kept | {"is_bought": bought})
        assert (ranker.train([rows], "for_you", SETTINGS) is not None) == is_there


def test_customers_of_all_moments_count_together_and_none_are_too_few():
    rows = [rows_of(**world(customers=3, seed=seed)) for seed in (1, 2)]
    assert ranker.train(rows[:1], "for_you", SETTINGS) is None
    assert ranker.train(rows, "for_you", SETTINGS) is not None
    nobody = Settings(**SETTINGS_OF_RANKER | {"min_customers": 0})
    assert ranker.train([], "for_you", nobody) is None
    assert ranker.train([rows_of([], [])], "for_you", nobody) is None


@pytest.mark.parametrize("objective", ["lambdarank", "rank_xendcg"])
def test_features_that_are_all_unknown_give_a_ranker_that_tells_nothing(objective):
    kept = world(seed=1)
    unknown = dict.fromkeys(("left", "right", "ease_score"), np.full(600, np.nan))
    rows = rows_of(**kept | unknown)
    found = predictions([rows], rows, Settings(**SETTINGS_OF_RANKER | {"objective": objective}))
    assert len(np.unique(found)) == 1


def test_one_customer_and_one_product_are_ranked():
    rows = rows_of([1], [10], is_bought=[True])
    alone = Settings(**SETTINGS_OF_RANKER | {"min_customers": 1})
    assert predictions([rows], rows, alone).shape == (1,)
    assert predictions([rows], rows.take(np.array([False])), alone).shape == (0,)


# How it is judged and listed.


def test_quality_counts_what_was_bought_whether_it_was_a_candidate_or_not():
    rows = rows_of([1, 1, 2], [10, 20, 10], is_bought=[True, False, False])
    scores = np.array([2.0, 1.0, 1.0])
    assert ranker.quality(rows, scores, {1: 1}) == (1, 1)
    # Of customer 1 one more was no candidate, of customer 2 all; of 3 there are no candidates.
    value, count = ranker.quality(rows, scores, {1: 2, 2: 1, 3: 1})
    assert (value, count) == (pytest.approx(1 / (1 + 1 / np.log2(3)) / 2), 2)
    assert ranker.quality(rows, scores, {}) == (0, 0)
    assert ranker.quality(rows_of([], []), np.empty(0), {1: 1}) == (0, 0)


def test_quality_finds_nothing_in_what_would_not_be_listed():
    rows = rows_of([1, 1], [10, 20], is_bought=[True, True])
    assert ranker.quality(rows, np.array([1.0, np.nan]), {1: 1})[0] == 1
    assert ranker.quality(rows, np.array([np.nan, np.nan]), {1: 1}) == (0, 1)


def test_the_top_is_ranked_from_1_by_score_and_ties_by_product():
    rows = rows_of([1, 1, 1, 2, 2], [10, 20, 30, 10, 20])
    places, ranks = ranker.top(rows, np.array([1, 5, 5, 0, 0]), 2)
    found = list(zip(rows.customers[places], rows.products[places], ranks, strict=True))
    assert found == [(1, 20, 1), (1, 30, 2), (2, 10, 1), (2, 20, 2)]
    places, _ = ranker.top(rows, np.array([np.nan, 1, -9, np.nan, 0]), 3)
    assert rows.products[places].tolist() == [20, 30, 10, 20, 10]
    assert [len(part) for part in ranker.top(rows_of([], []), np.empty(0), 2)] == [0, 0]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 1000])
def test_no_customer_is_ever_split_whatever_the_size_of_the_batches(size):
    customers = np.sort(np.random.default_rng(size).integers(0, 9, 60))
    table = candidate_rows(customers, np.arange(60))
    batches = table.to_batches(max_chunksize=size)
    parts = list(in_customers(batches))
    assert pa.concat_tables(parts).combine_chunks().equals(table.combine_chunks())
    whole = [set(part["customer_key"].to_pylist()) for part in parts]
    assert sum(map(len, whole)) == len(np.unique(customers))
    assert all(len(part) for part in parts)
    # A part ends with the batch that ends a customer: memory stays small.
    assert max(map(len, parts)) <= size + max(np.bincount(customers))


def test_empty_batches_and_no_batches_give_no_parts():
    empty = candidate_rows([], []).to_batches() or [candidate_rows([1], [1]).to_batches()[0][:0]]
    one = candidate_rows([1, 1], [10, 20]).to_batches()
    assert list(in_customers([])) == list(in_customers(empty)) == []
    assert [len(part) for part in in_customers([*empty, *one, *empty, *one])] == [4]


def test_a_customer_that_ends_with_a_batch_is_handed_on_with_the_next():
    batches = [batch for c in (1, 2, 3) for batch in candidate_rows([c, c], [10, 20]).to_batches()]
    reader = iter(batches)
    parts = in_customers(reader)
    assert next(parts)["customer_key"].to_pylist() == [1, 1]
    assert len(list(reader)) == 1


# Settings.


def test_every_list_of_settings_is_a_way_and_each_way_has_a_version():
    settings = Settings(
        **SETTINGS_OF_RANKER | {"objective": ["lambdarank", "rank_xendcg"], "num_leaves": [7, 15]}
    )
    ways = settings.ways()
    assert [(way.objective, way.num_leaves) for way in ways] == [
        ("lambdarank", 7),
        ("lambdarank", 15),
        ("rank_xendcg", 7),
        ("rank_xendcg", 15),
    ]
    assert ways[0] == SETTINGS
    assert len({way.version for way in ways}) == 4
    assert SETTINGS.ways() == [SETTINGS]


def test_a_setting_nobody_knows_is_refused():
    with pytest.raises(TypeError, match="leaves"):
        Settings(**SETTINGS_OF_RANKER, leaves=3)


def test_settings_reach_the_trees(past):
    def trees(**settings):
        booster = ranker.train(past, "for_you", Settings(**SETTINGS_OF_RANKER | settings))
        return booster.num_trees(), booster.trees_to_dataframe().groupby("tree_index")

    count, frames = trees()
    assert count == 20
    leaves = frames.apply(lambda tree: tree["split_feature"].isna().sum())
    assert leaves.max() == 7
    count, frames = trees(rounds=3, num_leaves=4, min_rows=100)
    assert count == 3
    assert frames["count"].min().min() >= 100
    baseline = predictions(past)
    for name, value in {
        "objective": "rank_xendcg",
        "learning_rate": 0.1,
        "penalty": 50.0,
        "share": 0.5,
        "list_length": 1,
    }.items():
        changed = Settings(**SETTINGS_OF_RANKER | {name: value})
        assert not np.array_equal(predictions(past, settings=changed), baseline), name


def test_each_tree_sees_its_share_of_rows_and_of_features_on_one_thread():
    parameters = Settings(**SETTINGS_OF_RANKER | {"share": 0.5}).parameters()
    assert parameters["feature_fraction"] == parameters["bagging_fraction"] == 0.5
    assert (parameters["bagging_freq"], parameters["num_threads"]) == (1, 1)
    assert parameters["deterministic"] and parameters["force_row_wise"]
