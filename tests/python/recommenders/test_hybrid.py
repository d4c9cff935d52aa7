import json
from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import compute
from recommender_tables import SETTINGS_OF_RANKER, candidate_rows, labels, shuffled
from threadpoolctl import threadpool_limits

from personalization.recommenders import hybrid, ranker, receipts
from personalization.recommenders.hybrid import Settings, parts_of, recommend

SETTINGS = Settings(**SETTINGS_OF_RANKER)
CUSTOMERS, PRODUCTS = 60, 8
PAST = ("test", "train_1", "validation")


def world(purpose: str, *, told_by: str, customers=CUSTOMERS, bought=True) -> pa.Table:
    """Candidates of a moment.

    What is bought, told_by says: `taste`, if the single model repeat knows it (ease does of what is
    new); `two`, if two features together tell it and no model does.
    """
    random = np.random.default_rng([*map(ord, purpose)])
    count = customers * PRODUCTS
    left, right = random.random((2, count)) < 0.5
    score = random.random(count)
    best = np.sort(score.reshape(customers, PRODUCTS))[:, -2:-1].repeat(PRODUCTS, axis=0).ravel()
    return candidate_rows(
        np.repeat(np.arange(customers), PRODUCTS),
        np.tile(np.arange(PRODUCTS), customers),
        purpose=purpose,
        trend=left,
        price_paid=right,
        taste_120=score,
        ease_score=score,
        popular_score=np.tile(np.arange(PRODUCTS)[::-1], customers),
        was_ordered=random.random(count) < 0.3,
        is_bought=bought & ((left != right) if told_by == "two" else score >= best),
    )


def labels_of(rows: pa.Table) -> pa.Table:
    bought = rows.filter(rows["is_bought"])
    return bought.select(["purpose", "customer_key", "product_key"]).append_column(
        "is_new", compute.invert(bought["was_ordered"])
    )


def shop(told_by: str, purposes=PAST, **more) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Candidates of the past, what was bought, and candidates of now."""
    past = [world(purpose, told_by=told_by, **more) for purpose in purposes]
    past = pa.concat_tables(past) if past else world("test", told_by=told_by)[:0]
    return past, labels_of(past), world("score", told_by=told_by, **more)


def moments_of(rows: pa.Table, settings=SETTINGS) -> dict[str, ranker.Rows]:
    with duckdb.connect() as connection:
        relation = connection.from_arrow(rows)
        return hybrid.moments_of(relation, relation, settings)


def trials_of(past: pa.Table, bought: pa.Table, settings=SETTINGS) -> pa.Table:
    """What the node of the trials does: it never sees the test."""
    tried = past.filter(compute.not_equal(past["purpose"], "test"))
    trials = hybrid.try_models(moments_of(tried, settings), bought, settings)
    assert trials.schema == hybrid.TRIALS
    return trials


def lists_of(
    trials: pa.Table, past: pa.Table, now: pa.Table, settings=SETTINGS, at_once=100
) -> pa.Table:
    """What the node of the lists does."""
    with duckdb.connect() as connection:
        customers = range(0, max([0, *now["customer_key"].to_pylist()]) + 1, at_once)
        parts = parts_of(connection.from_arrow(now), customers, settings)
        lists = recommend(trials, moments_of(past, settings), parts, settings)
    assert lists.schema == hybrid.SCHEMA
    return lists


def chosen(trials: pa.Table) -> dict[str, str]:
    rows = trials.filter(trials["is_chosen"]).to_pylist()
    assert len({row["list_name"] for row in rows}) == len(rows)
    return {row["list_name"]: row["model_name"] for row in rows}


def of(table: pa.Table, **values) -> pa.Table:
    for name, value in values.items():
        table = table.filter(compute.equal(table[name], value))
    return table


@pytest.fixture(scope="module")
def two():
    """A shop where two features together tell what is bought, its trials and its lists."""
    past, bought, now = shop("two")
    trials = trials_of(past, bought)
    return past, bought, now, trials, lists_of(trials, past, now)


# The choice.


def test_a_ranker_that_is_better_than_every_single_model_is_chosen(two):
    *_, trials, lists = two
    assert chosen(trials) == {"for_you": "hybrid", "discover": "hybrid"}
    for list_name in ranker.LISTS:
        mine = of(trials, list_name=list_name)
        best = of(mine, is_chosen=True)["ndcg"][0].as_py()
        assert best == max(mine["ndcg"].to_pylist()) > 0.9
        assert of(mine, model_name="ease")["ndcg"][0].as_py() < 0.8
    assert set(lists["source"].to_pylist()) == {"hybrid"}


def test_a_ranker_that_is_no_better_than_the_best_single_model_is_not_chosen():
    past, bought, now = shop("taste")
    trials = trials_of(past, bought)
    assert chosen(trials) == {"for_you": "repeat", "discover": "ease"}
    assert set(of(trials, is_chosen=True)["ndcg"].to_pylist()) == {1.0}
    lists = lists_of(trials, past, now)
    sources = set(zip(*(lists[c].to_pylist() for c in ("list_name", "source")), strict=True))
    assert sources == {("for_you", "repeat"), ("discover", "ease")}
    versions = set(lists["model_version"].to_pylist())
    assert versions == {"taste_120", "ease_score"}


def test_equally_good_is_no_better(monkeypatch):
    past, bought, _ = shop("taste")
    monkeypatch.setattr(ranker, "quality", lambda *_: (0.5, 7))
    assert chosen(trials_of(past, bought)) == {"for_you": "repeat", "discover": "ease"}


def test_with_too_few_customers_there_is_no_ranker_to_try():
    past, bought, now = shop("two", customers=4)
    trials = trials_of(past, bought)
    assert "hybrid" not in trials["model_name"].to_pylist()
    lists = lists_of(trials, past, now)
    assert set(lists["source"].to_pylist()) == set(chosen(trials).values())
    assert set(lists["purpose"].to_pylist()) == {"score", "test"}


def test_every_way_is_tried_and_the_best_one_makes_the_list(two):
    past, bought, now, *_ = two
    useless = {"objective": ["rank_xendcg", "lambdarank"], "num_leaves": [2, 7]}
    settings = Settings(**SETTINGS_OF_RANKER | useless)
    trials = trials_of(past, bought, settings)
    lists = lists_of(trials, past, now, settings)
    for list_name in ranker.LISTS:
        tried = of(trials, list_name=list_name, model_name="hybrid").to_pylist()
        assert {row["model_version"] for row in tried} == {w.version for w in settings.ways()}
        best = max(tried, key=lambda row: row["ndcg"])
        assert best["is_chosen"]
        assert json.loads(best["parameters"])["num_leaves"] == 7
        versions = of(lists, list_name=list_name)["model_version"].to_pylist()
        assert set(versions) == {best["model_version"]}


def test_ways_that_differ_in_rounds_alone_are_judged_as_if_each_were_trained_by_itself(two, taught):
    past, bought, *_ = two
    both = trials_of(past, bought, replace(SETTINGS, rounds=[1, 9]))
    assert len(taught) == len(ranker.LISTS)
    for rounds in (1, 9):
        alone = trials_of(past, bought, replace(SETTINGS, rounds=rounds))
        [version] = {row["model_version"] for row in of(alone, model_name="hybrid").to_pylist()}
        for list_name in ranker.LISTS:
            one, other = (
                of(trials, list_name=list_name, model_version=version)["ndcg"].to_pylist()
                for trials in (alone, both)
            )
            assert one == other and len(one) == 1


def test_each_trial_comes_once_and_tells_how_many_it_rests_on(two):
    _, bought, _, trials, _ = two
    keys = list(zip(*(trials[c].to_pylist() for c in ("list_name", "model_version")), strict=True))
    assert len(set(keys)) == len(keys)
    found = dict(zip(trials["list_name"].to_pylist(), trials["n"].to_pylist(), strict=True))
    wanted = of(bought, purpose="validation")
    assert found == {
        "for_you": len(wanted["customer_key"].unique()),
        "discover": len(of(wanted, is_new=True)["customer_key"].unique()),
    }


def test_a_single_model_is_judged_by_what_it_would_list_alone():
    # ease knows nothing of 20, which is bought: it may not find it behind what it knows. The first
    # customer of a young shop judges nothing.
    rows = candidate_rows(
        [0, 1, 1],
        [10, 10, 20],
        purpose="validation",
        ease_score=[1, 1, np.nan],
        popular_score=[1.0, 1.0, 2.0],
        is_bought=[False, False, True],
    )
    settings = Settings(**SETTINGS_OF_RANKER | {"min_customers": 1})
    trials = trials_of(rows, labels_of(rows), settings)
    for list_name in ranker.LISTS:
        mine = of(trials, list_name=list_name)
        values = zip(mine["model_name"].to_pylist(), mine["ndcg"].to_pylist(), strict=True)
        assert dict(values) == {"ease": 0, "popular": 1}


# Without a moment to learn from, half of the customers judge; it takes five.
@pytest.mark.parametrize(("customers", "judged"), [(8, False), (10, True)])
def test_fewer_than_min_customers_judge_nothing_and_the_first_model_holds(customers, judged):
    keys = list(range(1, customers + 1))
    rows = candidate_rows(
        keys,
        [10] * customers,
        purpose="validation",
        taste_120=[np.nan] * customers,
        popular_score=[1.0] * customers,
        is_bought=[True] * customers,
    )
    trials = of(trials_of(rows, labels_of(rows)), list_name="for_you")
    chosen = trials.filter(trials["is_chosen"]).to_pylist()[0]
    assert (chosen["n"] > 0) == judged
    if not judged:
        assert chosen["model_name"] == "repeat"


# The moments.


def relabelled(past: pa.Table, purpose: str) -> pa.Table:
    """The same candidates, of which at one moment others were bought."""
    at = compute.equal(past["purpose"], purpose)
    changed = compute.and_(at, compute.invert(past["is_bought"]))
    bought = compute.if_else(at, changed, past["is_bought"])
    return past.set_column(past.column_names.index("is_bought"), "is_bought", bought)


def test_lists_of_the_test_moment_know_nothing_of_what_was_bought_after_it(two):
    past, bought, now, trials, lists = two
    leak = relabelled(past, "test")
    assert not leak.equals(past)
    assert trials_of(leak, bought).equals(trials)
    again = lists_of(trials, leak, now)
    assert of(again, purpose="test").equals(of(lists, purpose="test"))
    # The model of now learns from all that is known.
    assert not of(again, purpose="score").equals(of(lists, purpose="score"))


@pytest.mark.parametrize("purpose", ["train_1", "validation"])
def test_lists_of_the_test_moment_learn_from_every_window_before_it(two, purpose):
    past, _, now, trials, lists = two
    again = lists_of(trials, relabelled(past, purpose), now)
    assert not of(again, purpose="test").equals(of(lists, purpose="test"))


@pytest.fixture
def taught(monkeypatch):
    """The moments that each ranker learned from."""
    every = []
    train = ranker.train

    def spy(moments, list_name, settings):
        every.append(moments)
        return train(moments, list_name, settings)

    monkeypatch.setattr(ranker, "train", spy)
    return every


def test_the_trials_learn_from_the_training_windows_alone(two, taught):
    past, bought, _, trials, _ = two
    # Given the test as well, it does not look at it.
    assert hybrid.try_models(moments_of(past), bought, SETTINGS).equals(trials)
    expected = moments_of(past)["train_1"].features
    assert len(taught) == 2
    for moments in taught:
        (rows,) = moments
        assert np.array_equal(rows.features, expected, equal_nan=True)


@pytest.mark.parametrize("has_quiet_window", [False, True])
def test_in_a_young_shop_one_half_of_the_customers_teaches_and_the_other_judges(
    has_quiet_window, taught
):
    past, bought, now = shop("two", purposes=("test", "validation"))
    if has_quiet_window:
        quiet = world("train_1", told_by="two", bought=False)
        past = pa.concat_tables([past, quiet])
    trials = trials_of(past, bought)
    assert chosen(trials) == {"for_you": "hybrid", "discover": "hybrid"}
    odd = [key % 2 == 1 for key in bought["customer_key"].to_pylist()]
    judges = of(bought.filter(pa.array(odd)), purpose="validation")
    counts = {
        "for_you": len(judges["customer_key"].unique()),
        "discover": len(of(judges, is_new=True)["customer_key"].unique()),
    }
    for list_name, count in counts.items():
        assert set(of(trials, list_name=list_name)["n"].to_pylist()) == {count}
    assert [len(moments) for moments in taught] == [1, 1]
    assert all(
        set(rows.customers % 2) == {0} and len(np.unique(rows.customers)) == CUSTOMERS / 2
        for (rows,) in taught
    )
    # What teachers buy judges nobody.
    assert trials_of(past, judges).equals(trials)
    lists = lists_of(trials, past, now)
    assert set(lists["purpose"].to_pylist()) == {"score", "test"}


def test_a_shop_may_be_old_enough_for_one_list_and_too_young_for_the_other(two, taught):
    past, bought, *_ = two
    again = compute.and_(past["is_bought"], past["was_ordered"])
    in_train = compute.equal(past["purpose"], "train_1")
    repeats = compute.if_else(in_train, again, past["is_bought"])
    place = past.column_names.index("is_bought")
    trials_of(past.set_column(place, "is_bought", repeats), bought)
    of_each_list = [set(rows.customers.tolist()) for (rows,) in taught]
    assert of_each_list == [set(range(CUSTOMERS)), set(range(0, CUSTOMERS, 2))]


def test_only_labels_of_the_validation_judge(two):
    past, bought, _, trials, _ = two
    others = labels(*((p, c, 0, True) for p in ("test", "train_1") for c in range(CUSTOMERS)))
    assert trials_of(past, pa.concat_tables([bought, others])).equals(trials)


def test_without_a_validation_moment_the_first_single_models_hold():
    past, bought, now = shop("two", purposes=("test", "train_1"))
    trials = trials_of(past, bought)
    assert chosen(trials) == {"for_you": "repeat", "discover": "ease"}
    assert set(trials["n"].to_pylist()) == {0}
    assert set(trials["ndcg"].to_pylist()) == {0.0}
    lists = lists_of(trials, past, now)
    assert set(lists["source"].to_pylist()) == {"repeat", "ease"}


def test_where_nobody_bought_anything_at_the_validation_the_first_single_models_hold(two):
    past, *_ = two
    trials = trials_of(past, labels())
    assert chosen(trials) == {"for_you": "repeat", "discover": "ease"}
    assert set(trials["ndcg"].to_pylist()) == {0.0}


def test_of_one_moment_alone_lists_are_made_all_the_same():
    past, bought, now = shop("two", purposes=())
    trials = trials_of(past, bought)
    lists = lists_of(trials, past, now)
    assert set(lists["purpose"].to_pylist()) == {"score"}
    assert set(lists["customer_key"].to_pylist()) == set(range(CUSTOMERS))
    of_test = shop("two", purposes=("test",))[0]
    assert set(lists_of(trials, of_test, now[:0])["purpose"].to_pylist()) == {"test"}


# The lists.


def test_ranks_count_from_1_to_depth_by_falling_score(two):
    lists = two[-1]
    for key in (("score", 3, "for_you"), ("test", 7, "discover")):
        mine = of(lists, **dict(zip(("purpose", "customer_key", "list_name"), key, strict=True)))
        assert mine["rank"].to_pylist() == [1, 2, 3, 4]
        assert mine["score"].to_pylist() == sorted(mine["score"].to_pylist(), reverse=True)
    names = ("purpose", "customer_key", "list_name", "product_key")
    assert len(lists.group_by(names).aggregate([])) == len(lists)


def test_discover_lists_nothing_that_was_ordered_and_lists_hold_only_candidates(two):
    past, _, now, _, lists = two
    names = ["purpose", "customer_key", "product_key"]
    every = pa.concat_tables(
        [past.select([*names, "was_ordered"]), now.select([*names, "was_ordered"])]
    )
    joined = lists.join(every, names)
    assert joined["was_ordered"].null_count == 0
    assert len(of(joined, was_ordered=True)) > 0
    assert len(of(joined, list_name="discover", was_ordered=True)) == 0


def test_discover_has_a_ranker_of_its_own_that_what_was_ordered_teaches_nothing(two):
    past, _, now, trials, lists = two
    left = compute.if_else(past["was_ordered"], -99.0, past["trend"])
    again = lists_of(trials, past.set_column(past.column_names.index("trend"), "trend", left), now)
    assert of(again, list_name="discover").equals(of(lists, list_name="discover"))
    assert not of(again, list_name="for_you").equals(of(lists, list_name="for_you"))


def test_what_a_single_model_does_not_score_it_does_not_list():
    rows = candidate_rows(
        [1, 1, 2], [10, 20, 10], taste_120=[1, np.nan, np.nan], ease_score=[1, 2, 3]
    )
    trials = trials_of(rows[:0], labels())
    lists = lists_of(trials, rows[:0], rows)
    found = [(r["customer_key"], r["list_name"], r["product_key"]) for r in lists.to_pylist()]
    assert found == [
        (1, "for_you", 10),
        (1, "discover", 20),
        (1, "discover", 10),
        (2, "discover", 10),
    ]


def test_each_row_tells_the_weight_of_others_for_its_customer():
    # The second row is known to no model.
    scores = dict.fromkeys(("taste_120", "ease_score"), np.array([1.0, np.nan, 1.0, 1.0]))
    rows = candidate_rows(
        [1, 1, 2, 3], [10, 20, 10, 10], taste_count=[np.nan, np.nan, 2, 6], **scores
    )
    lists = lists_of(trials_of(rows[:0], labels()), rows[:0], rows)
    columns = (lists[c].to_pylist() for c in ("customer_key", "collaborative_weight"))
    assert set(zip(*columns, strict=True)) == {(1, 0), (2, 0.5), (3, 0.75)}


def test_scores_of_others_enter_by_the_evidence_of_the_settings():
    rows = candidate_rows([1, 2], [10, 10], ease_score=[8.0, 8.0], taste_count=[2, 6])
    # Keys 0 and 1, 2 and 3, 4 and 5: the last hold nobody.
    with duckdb.connect() as connection:
        parts = list(parts_of(connection.from_arrow(rows), range(0, 5, 2), SETTINGS))
    assert [part.customers.tolist() for part in parts] == [[1], [2]]
    for each in (parts, moments_of(rows).values()):
        assert [score for part in each for score in part.column("ease_score")] == [4, 6]


def test_nothing_known_gives_empty_typed_tables():
    nothing = candidate_rows([], [], taste_120=[], ease_score=[])
    trials = trials_of(nothing, labels())
    assert lists_of(trials, nothing, nothing).equals(hybrid.SCHEMA.empty_table())
    assert lists_of(trials[:0], nothing, nothing).equals(hybrid.SCHEMA.empty_table())


def test_one_customer_with_one_product_that_is_ordered_has_one_list():
    columns = {"taste_120": [1.0], "ease_score": [1.0], "was_ordered": [True], "is_bought": [True]}
    past = pa.concat_tables([candidate_rows([1], [10], purpose=p, **columns) for p in PAST])
    now = candidate_rows([1], [10], **columns)
    settings = Settings(**SETTINGS_OF_RANKER | {"min_customers": 1})
    trials = trials_of(past, labels_of(past), settings)
    lists = lists_of(trials, past, now, settings).to_pylist()
    found = [(r["purpose"], r["list_name"], r["rank"], r["product_key"]) for r in lists]
    assert found == [("test", "for_you", 1, 10), ("score", "for_you", 1, 10)]


def test_features_that_are_all_unknown_still_give_full_lists(two):
    past, bought, now, *_ = two

    def blank(rows):
        for name in (
            "trend",
            "price_paid",
            "taste_120",
            "ease_score",
            "popular_score",
            "taste_count",
        ):
            unknown = pa.nulls(len(rows), pa.float64())
            rows = rows.set_column(rows.column_names.index(name), name, unknown)
        return rows

    trials = trials_of(blank(past), bought)
    assert chosen(trials) == {"for_you": "hybrid", "discover": "hybrid"}
    lists = of(lists_of(trials, blank(past), blank(now)), list_name="for_you", purpose="score")
    assert len(lists) == CUSTOMERS * 4
    assert set(lists["collaborative_weight"].to_pylist()) == {0}


# Determinism.


@pytest.mark.parametrize("at_once", [1, 7, 8, 1000])
def test_parts_of_any_size_give_the_same_lists(two, at_once):
    past, _, now, trials, lists = two
    by = [(name, "ascending") for name in ("purpose", "list_name", "customer_key", "rank")]
    again = lists_of(trials, past, now, at_once=at_once)
    assert again.sort_by(by).equals(lists.sort_by(by))


@pytest.mark.parametrize("seed", range(3))
def test_row_order_does_not_change_a_bit(two, seed):
    past, bought, now, trials, lists = two
    mixed = shuffled(past, seed)
    assert trials_of(mixed, shuffled(bought, seed)).equals(trials)
    assert lists_of(trials, mixed, now).equals(lists)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_number_of_threads_gives_the_same_bits(two, threads):
    past, bought, now, trials, lists = two
    with threadpool_limits(threads):
        assert trials_of(past, bought).equals(trials)
        assert lists_of(trials, past, now).equals(lists)


def test_a_setting_nobody_knows_is_refused():
    with pytest.raises(TypeError, match="margin"):
        Settings(**SETTINGS_OF_RANKER, margin=0.1)


# The receipts.


def terms_of(lists: pa.Table) -> np.ndarray:
    return np.stack([lists[term].to_numpy() for term in receipts.TERMS], axis=1)


def test_terms_of_every_row_sum_to_its_score_but_for_a_base_that_all_share(two):
    lists = of(two[-1], purpose="score")
    for list_name in ranker.LISTS:
        mine = of(lists, list_name=list_name)
        terms = terms_of(mine)
        assert np.ptp(mine["score"].to_numpy() - terms.sum(axis=1)) < 1e-6
        given = dict(zip(receipts.TERMS, np.abs(terms).mean(axis=0), strict=True))
        assert min(given["popularity"], given["price"]) > 0.05
        assert given["own_purchases"] == given["stated_preference"] == 0


def test_at_the_test_nothing_is_explained(two):
    lists = of(two[-1], purpose="test")
    assert {lists[term].null_count for term in receipts.TERMS} == {len(lists)}


def test_the_score_of_a_single_model_is_the_term_of_its_column():
    past, bought, now = shop("taste")
    lists = of(lists_of(trials_of(past, bought), past, now), purpose="score")
    for list_name, term in (("for_you", "own_interest"), ("discover", "others_taste")):
        mine = of(lists, list_name=list_name)
        assert mine[term].to_pylist() == mine["score"].to_pylist()
        assert np.array_equal(terms_of(mine).sum(axis=1), mine["score"].to_numpy())
