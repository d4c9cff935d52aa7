from datetime import datetime
from math import log2

import numpy as np
import pyarrow as pa
import pytest

from personalization.recommenders import evaluation
from personalization.recommenders.evaluation import Settings, Window
from personalization.recommenders.lists import Pairs, popular_lists


def pairs(*rows):
    array = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Pairs(array[:, 0], array[:, 1])


# Customer 0 finds 11 and 13 of its list 10 11 12 13; customer 1 has no list; 2 has no history.
LISTS = pairs((0, 10), (0, 11), (0, 12), (0, 13), (2, 10))
RANKS = np.array([1, 2, 3, 4, 1])
HELDOUT = pairs((0, 11), (0, 13), (0, 99), (1, 10), (2, 10))
TRAIN = pairs((0, 11), (0, 50), (1, 10), (1, 11))


def scores(k=4, new_only=False, lists=LISTS, ranks=RANKS, heldout=HELDOUT, train=TRAIN):
    return evaluation.score_lists(lists, ranks, heldout, train, k=k, new_only=new_only)


@pytest.mark.parametrize(
    ("metric", "of_customer_0"),
    [
        ("precision", 2 / 4),
        ("recall", 2 / 3),
        ("hit_rate", 1),
        ("mrr", 1 / 2),
        ("map", (1 / 2 + 2 / 4) / 3),
        ("ndcg", (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3) + 1 / log2(4))),
    ],
)
def test_metrics_are_means_over_customers_with_history_and_something_to_find(metric, of_customer_0):
    estimate = scores()[metric]
    assert estimate.value == pytest.approx((of_customer_0 + 0) / 2)
    assert estimate.n == 2


def test_ranks_beyond_k_do_not_count():
    assert scores(k=1)["hit_rate"].value == 0
    assert scores(k=2)["precision"].value == pytest.approx(1 / 2 / 2)


def test_what_was_bought_before_is_left_out_of_new_only():
    estimate = scores(new_only=True)
    assert estimate["recall"].n == 1
    assert estimate["recall"].value == pytest.approx(1 / 2)


def test_a_perfect_list_scores_one_and_its_interval_is_a_point():
    lists = pairs((0, 1), (1, 2))
    found = scores(lists=lists, ranks=np.array([1, 1]), heldout=lists, train=pairs((0, 7), (1, 7)))
    assert found["ndcg"] == found["auc"] == (1, 1, 1, 2)


def test_coverage_and_novelty_look_at_what_is_shown():
    found = scores()
    # Shown to judged customers: 10 and 11 are known, of 3 products bought before.
    assert found["coverage"].value == pytest.approx(2 / 3)
    assert found["novelty"].value == pytest.approx((-log2(1 / 2) * 3 - log2(2 / 2)) / 4)
    # The list of customer 2 is not judged. 11, 10 and 50 are all that was bought.
    assert found["popularity_share"].value == 2 / 4
    assert {found[m].n for m in ("coverage", "novelty", "popularity_share", "overlap")} == {4}


def test_auc_pairs_what_was_bought_before_or_after_and_new_only_leaves_out_what_was_had():
    # Candidates are 10, 11, 13, 50, 99. Customer 0 lists 10, 11, 13: 11 and 13 win over 50 and lose
    # to 10, 99 ties with 50 and loses to 10.
    assert scores()["auc"].value == pytest.approx(((1 + 1 + 1 / 2) / (3 * 2) + 1 / 2) / 2)
    # Without 11 and 50 that it had: 13 and 99 lose to 10.
    found = scores(new_only=True)["auc"]
    assert (found.value, found.n) == (0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_row_order_does_not_change_a_bit(seed):
    random = np.random.default_rng(seed)
    train = pairs(*{(int(c), int(p)) for c, p in random.integers(0, 30, (300, 2))})
    heldout = pairs(*{(int(c), int(p)) for c, p in random.integers(0, 30, (200, 2))})
    lists, ranks = (
        pairs(*[(c, p) for c in range(30) for p in range(10)]),
        np.tile(np.arange(1, 11), 30),
    )
    order, before, after = (
        random.permutation(len(x)) for x in (ranks, train.customers, heldout.customers)
    )
    shuffled = evaluation.score_lists(
        Pairs(*(column[order] for column in lists)),
        ranks[order],
        Pairs(*(column[after] for column in heldout)),
        Pairs(*(column[before] for column in train)),
        k=10,
        new_only=False,
    )
    assert str(shuffled) == str(
        evaluation.score_lists(lists, ranks, heldout, train, k=10, new_only=False)
    )


def test_popular_lists_go_by_buyers_and_leave_out_what_was_bought_if_asked():
    train = pairs((0, 5), (1, 5), (2, 5), (0, 7), (1, 7), (2, 3))
    shown, ranks = popular_lists(train, 2, new_only=False)
    assert list(zip(*shown, ranks, strict=True))[:2] == [(0, 5, 1), (0, 7, 2)]
    shown, ranks = popular_lists(train, 2, new_only=True)
    found = list(zip(*shown, ranks, strict=True))
    assert [row for row in found if row[0] == 2] == [(2, 7, 1), (2, 0, 2)]
    assert {(c, p) for c, p, _ in found}.isdisjoint(zip(*train, strict=True))


def test_nothing_to_find_gives_no_metric():
    assert scores(heldout=pairs((2, 10))) == {}


def test_a_product_shown_twice_or_a_rank_of_zero_is_refused():
    with pytest.raises(ValueError, match="twice"):
        scores(lists=pairs((0, 1), (0, 1)), ranks=np.array([1, 2]))
    with pytest.raises(ValueError, match="start at 1"):
        scores(lists=pairs((0, 1)), ranks=np.array([0]))
    with pytest.raises(ValueError, match="one rank twice"):
        scores(lists=pairs((0, 1), (0, 2)), ranks=np.array([1, 1]))


def test_a_gap_in_the_ranks_closes():
    gaps = scores(lists=LISTS, ranks=np.array([2, 3, 7, 1000, 5]))
    assert str(gaps) == str(scores())


def test_customers_and_products_of_no_pair_may_be_listed():
    more = pairs(*zip(*LISTS, strict=True), (7, 5), (-1, 5), (-1, 5))
    ranks = np.append(RANKS, [1, 1, 1])
    assert str(scores(lists=more, ranks=ranks)) == str(scores())
    unknown = pairs((0, 1000), (0, 11))
    assert scores(lists=unknown, ranks=np.array([1, 2]))["mrr"].value == 1 / 2 / 2


def history(*lengths):
    """Customers 0, 1, ... with so many products bought before; each finds product 100 first."""
    train = [(c, p) for c, length in enumerate(lengths) for p in range(length)]
    everyone = [(c, 100) for c in range(len(lengths))]
    window = Window(
        pairs(*everyone), pairs(*train), Settings(depths=(1,), hot_from=3), new_only=False
    )
    return window.score(pairs(*everyone), np.ones(len(lengths), dtype=int))


def test_hot_begins_at_hot_from_products_warm_at_one_and_cold_is_apart():
    found = {segment: by["ndcg"].n for (segment, _), by in history(0, 0, 0, 1, 2, 3, 3, 4).items()}
    assert found == {"cold": 3, "warm": 2, "hot": 3, "all": 5}


def test_a_segment_without_customers_is_absent():
    assert {segment for segment, _ in history(2)} == {"all", "warm"}
    assert {segment for segment, _ in history(3)} == {"all", "hot"}
    assert {segment for segment, _ in history(0)} == {"cold"}


def test_cold_customers_are_measured_by_the_same_formulas_against_the_history_of_others():
    window = Window(HELDOUT, TRAIN, Settings(depths=(2,)), new_only=True)
    cold = window.score(LISTS, RANKS)["cold", 2]
    assert {metric: estimate.value for metric, estimate in cold.items() if metric != "overlap"} == {
        **{"ndcg": 1, "map": 1, "precision": 1 / 2, "recall": 1, "hit_rate": 1, "mrr": 1, "auc": 1},
        **{"coverage": 1 / 3, "novelty": 1, "popularity_share": 1},
    }
    assert np.isnan(cold["ndcg"].ci_low)
    assert np.isnan(cold["overlap"].value)


def test_what_nobody_had_bought_before_is_not_popular_however_deep_one_looks():
    lists = pairs((0, 0), (0, 10))
    found = scores(k=9, lists=lists, ranks=np.array([1, 2]), heldout=pairs((0, 0)))
    assert found["popularity_share"].value == 1 / 2


def test_every_depth_is_judged_by_itself():
    window = Window(HELDOUT, TRAIN, Settings(depths=(1, 4)), new_only=False)
    found = window.score(LISTS, RANKS)
    for k in (1, 4):
        assert {m: e.value for m, e in found["all", k].items() if m != "overlap"} == pytest.approx(
            {m: e.value for m, e in scores(k=k).items() if m != "overlap"}
        )


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError):
        Settings(hot_form=3)


PRODUCTS = ["tea", "mug", "jam", "new"]
SETTINGS = Settings(depths=(1,), resamples=50)


def table(kind, **columns):
    """Rows of customers and products, named by text ids or by integer keys."""
    numbers = {"ada": 2**61, "bo": -5, "cy": 7, "tea": 30, "mug": 2**60, "jam": 0, "new": 9}
    return pa.table(
        {
            f"{name}_{kind}" if name in ("customer", "product") else name: pa.array(
                [numbers[v] for v in values]
                if kind == "key" and name in ("customer", "product")
                else values
            )
            for name, values in columns.items()
        }
    )


def listed(kind, name, *rows):
    customers, lists, ranks, products = zip(*rows, strict=True)
    return table(
        kind,
        model_name=[name] * len(rows),
        model_version=[f"{name}-1"] * len(rows),
        as_of=[datetime(2026, 1, 1)] * len(rows),
        customer=customers,
        list_name=lists,
        rank=ranks,
        product=products,
    )


def judged(kind, good=("ada", "discover", 1, "mug")):
    lists = [
        listed(kind, "good", ("ada", "for_you", 1, "tea"), good, ("cy", "for_you", 1, "tea")),
        listed(kind, "bad", ("ada", "for_you", 1, "jam"), ("bo", "for_you", 1, "new")),
    ]
    heldout = table(kind, customer=["ada", "ada", "bo"], product=["tea", "mug", "jam"])
    train = table(kind, customer=["ada"], product=["tea"])
    return evaluation.evaluate(iter(lists), heldout, train, SETTINGS)


@pytest.mark.parametrize("kind", ["id", "key"])
def test_every_model_is_scored_on_the_list_of_each_task(kind):
    rows = judged(kind).to_pylist()
    hits = {
        (r["model_name"], r["task"], r["segment"]): r["value"]
        for r in rows
        if r["metric"] == "hit_rate"
    }
    assert hits == {
        ("good", "all_purchases", "all"): 1,
        ("good", "all_purchases", "warm"): 1,
        ("good", "all_purchases", "cold"): 0,
        ("good", "new_only", "all"): 1,
        ("good", "new_only", "warm"): 1,
        ("good", "new_only", "cold"): 0,
        ("bad", "all_purchases", "all"): 0,
        ("bad", "all_purchases", "warm"): 0,
        ("bad", "all_purchases", "cold"): 0,
        ("bad", "new_only", "all"): 0,
        ("bad", "new_only", "warm"): 0,
        ("bad", "new_only", "cold"): 0,
    }
    assert {(r["model_version"], r["as_of"], r["split"]) for r in rows} == {
        ("good-1", datetime(2026, 1, 1), "test"),
        ("bad-1", datetime(2026, 1, 1), "test"),
    }


def test_integer_keys_of_any_size_score_as_text_does():
    assert judged("key").equals(judged("id"))


def test_products_of_no_pair_are_told_apart():
    heldout = table("id", customer=["ada", "bo"], product=["tea", "tea"])
    rows = [(c, "for_you", r, p) for c in ("ada", "bo") for r, p in ((1, "new"), (2, "mug"))]
    settings = Settings(depths=(2,), resamples=50)
    found = evaluation.evaluate([listed("id", "odd", *rows)], heldout, heldout, settings)
    values = {r["metric"]: r["value"] for r in found.to_pylist() if r["segment"] == "all"}
    assert (values["overlap"], values["coverage"], values["novelty"]) == (1, 0, 1)


def test_a_single_customer_has_a_value_and_no_interval():
    rows = [r for r in judged("id").to_pylist() if r["metric"] == "hit_rate"]
    assert {(r["n"], r["ci_low"], r["ci_high"]) for r in rows} == {(1, None, None)}


def test_models_are_taken_one_at_a_time():
    taken = []

    def lists():
        for name in ("a", "b"):
            taken.append(name)
            yield listed("id", name, ("ada", "for_you", 1, "tea"))

    heldout = table("id", customer=["ada"], product=["tea"])
    stream = lists()
    names = evaluation.evaluate(stream, heldout, heldout, SETTINGS)["model_name"].to_pylist()
    assert list(dict.fromkeys(names)) == taken == ["a", "b"]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_change_a_bit_of_the_table(seed):
    random = np.random.default_rng(seed)
    customers = [c for c in ("ada", "bo", "cy") for _ in range(4)]
    lists = listed(
        "id",
        "good",
        *(
            (c, "for_you", 1 + i % 4, p)
            for i, (c, p) in enumerate(zip(customers, PRODUCTS * 3, strict=True))
        ),
    )
    heldout = table("id", customer=["ada", "bo", "bo", "cy"], product=["tea", "mug", "tea", "jam"])
    # Both products have as many buyers: the order of their ids says which is the popular one.
    train = table("id", customer=["ada", "ada", "bo", "bo"], product=["tea", "jam", "tea", "jam"])

    def shuffled(rows):
        return rows.take(random.permutation(len(rows)))

    settings = Settings(depths=(1, 3), hot_from=2)
    assert evaluation.evaluate(
        [shuffled(lists)], shuffled(heldout), shuffled(train), settings
    ).equals(evaluation.evaluate([lists], heldout, train, settings))


@pytest.mark.parametrize("key", [pa.string(), pa.int64()])
def test_without_lists_or_anything_to_find_the_table_is_empty_and_typed(key):
    none = pa.schema([("customer_id", key), ("product_id", key)]).empty_table()
    for lists in ([], [listed("id", "good", ("ada", "for_you", 1, "tea")).slice(0, 0)]):
        found = evaluation.evaluate(lists, none, none, SETTINGS)
        assert found.schema == evaluation.SCHEMA
        assert found.num_rows == 0
    lists = [listed("id", "good", ("ada", "for_you", 1, "tea"))]
    none = pa.schema([("customer_id", pa.string()), ("product_id", pa.string())]).empty_table()
    assert evaluation.evaluate(lists, none, none, SETTINGS).num_rows == 0
